-- CreateTable
CREATE TABLE "quota_usage" (
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "quota" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "used" BIGINT NOT NULL,

    PRIMARY KEY ("tenant", "subject", "quota")
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_schedules" (
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "next_at" DATETIME NOT NULL,
    "starts_per_hour" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("tenant", "name")
);
INSERT INTO "new_schedules" ("name", "next_at", "principal", "rule", "tenant", "workflow_id") SELECT "name", "next_at", "principal", "rule", "tenant", "workflow_id" FROM "schedules";
DROP TABLE "schedules";
ALTER TABLE "new_schedules" RENAME TO "schedules";
CREATE INDEX "schedules_next_at_idx" ON "schedules"("next_at");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- What is stored already counts. Of memories it is not known who wrote them: they count for their tenant.
INSERT INTO quota_usage (tenant, subject, quota, day, used)
WITH held (tenant, subject, quota, amount) AS (
    SELECT a.tenant, r.subject, 'artifacts', count(*) FROM artifacts a JOIN runs r ON r.id = a.run_id GROUP BY a.tenant, r.subject
    UNION ALL
    SELECT a.tenant, r.subject, 'artifactBytes', sum(a.size) FROM artifacts a JOIN runs r ON r.id = a.run_id GROUP BY a.tenant, r.subject
    UNION ALL
    SELECT tenant, subject, 'runsWaiting', count(*) FROM runs WHERE state = 'WAITING' GROUP BY tenant, subject
    UNION ALL
    SELECT tenant, json_extract(created_by, '$.subject'), 'workflowVersions', count(*) FROM workflows WHERE deleted_at IS NULL GROUP BY 1, 2
    UNION ALL
    SELECT tenant, json_extract(created_by, '$.subject'), 'workflows', count(*) FROM workflows w
    WHERE deleted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM workflows e WHERE e.tenant = w.tenant AND e.name = w.name AND e.version < w.version AND e.deleted_at IS NULL)
    GROUP BY 1, 2
    UNION ALL
    SELECT tenant, json_extract(principal, '$.subject'), 'schedules', count(*) FROM schedules GROUP BY 1, 2
)
SELECT tenant, subject, quota, '', amount FROM held
UNION ALL
SELECT tenant, '', quota, '', sum(amount) FROM held GROUP BY tenant, quota
UNION ALL
SELECT tenant, '', 'memoryEntries', '', count(*) FROM memories GROUP BY tenant
UNION ALL
SELECT tenant, '', 'memoryBytes', '', sum(length(CAST(text AS BLOB))) FROM memories GROUP BY tenant;

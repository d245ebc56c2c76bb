-- AlterTable
ALTER TABLE "schedules" ADD COLUMN     "starts_per_hour" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "quota_usage" (
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "quota" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "used" BIGINT NOT NULL,

    CONSTRAINT "quota_usage_pkey" PRIMARY KEY ("tenant","subject","quota")
);

-- What is stored already counts. Of memories it is not known who wrote them: they count for their tenant.
INSERT INTO quota_usage (tenant, subject, quota, day, used)
WITH held (tenant, subject, quota, amount) AS (
    SELECT a.tenant, r.subject, 'artifacts', count(*) FROM artifacts a JOIN runs r ON r.id = a.run_id GROUP BY a.tenant, r.subject
    UNION ALL
    SELECT a.tenant, r.subject, 'artifactBytes', sum(a.size) FROM artifacts a JOIN runs r ON r.id = a.run_id GROUP BY a.tenant, r.subject
    UNION ALL
    SELECT tenant, subject, 'runsWaiting', count(*) FROM runs WHERE state = 'WAITING' GROUP BY tenant, subject
    UNION ALL
    SELECT tenant, (created_by::json ->> 'subject'), 'workflowVersions', count(*) FROM workflows WHERE deleted_at IS NULL GROUP BY 1, 2
    UNION ALL
    SELECT tenant, (created_by::json ->> 'subject'), 'workflows', count(*) FROM workflows w
    WHERE deleted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM workflows e WHERE e.tenant = w.tenant AND e.name = w.name AND e.version < w.version AND e.deleted_at IS NULL)
    GROUP BY 1, 2
    UNION ALL
    SELECT tenant, (principal::json ->> 'subject'), 'schedules', count(*) FROM schedules GROUP BY 1, 2
)
SELECT tenant, subject, quota, '', amount FROM held
UNION ALL
SELECT tenant, '', quota, '', sum(amount) FROM held GROUP BY tenant, quota
UNION ALL
SELECT tenant, '', 'memoryEntries', '', count(*) FROM memories GROUP BY tenant
UNION ALL
SELECT tenant, '', 'memoryBytes', '', sum(octet_length(text)) FROM memories GROUP BY tenant;

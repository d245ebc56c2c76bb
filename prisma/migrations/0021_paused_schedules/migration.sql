-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_schedules" (
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "next_at" DATETIME,
    "starts_per_hour" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("tenant", "name")
);
INSERT INTO "new_schedules" ("name", "next_at", "principal", "rule", "starts_per_hour", "tenant", "workflow_id") SELECT "name", "next_at", "principal", "rule", "starts_per_hour", "tenant", "workflow_id" FROM "schedules";
DROP TABLE "schedules";
ALTER TABLE "new_schedules" RENAME TO "schedules";
CREATE INDEX "schedules_next_at_idx" ON "schedules"("next_at");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

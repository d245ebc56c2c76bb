-- DropIndex
DROP INDEX "approvals_run_id_idx";

-- DropIndex
DROP INDEX "workflows_tenant_id_idx";

-- AlterTable
ALTER TABLE "workflows" ADD COLUMN "is_newest" BOOLEAN NOT NULL DEFAULT false;

-- The newest version of each workflow, unless it is deleted.
UPDATE "workflows" SET "is_newest" = true WHERE "deleted_at" IS NULL AND NOT EXISTS (
    SELECT 1 FROM "workflows" AS n
    WHERE n."tenant" = "workflows"."tenant" AND n."name" = "workflows"."name" AND n."version" > "workflows"."version"
);

-- CreateIndex
CREATE INDEX "approvals_run_id_step_id_idx" ON "approvals"("run_id", "step", "id");

-- CreateIndex
CREATE INDEX "steps_run_id_role_position_idx" ON "steps"("run_id", "role", "position");

-- CreateIndex
CREATE INDEX "workflows_tenant_is_newest_id_idx" ON "workflows"("tenant", "is_newest", "id");

-- DropIndex
DROP INDEX "steps_tenant_output_digest_idx";

-- AlterTable
ALTER TABLE "approvals" ADD COLUMN "subject" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "artifacts" ADD COLUMN "subject" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "steps" ADD COLUMN "subject" TEXT NOT NULL DEFAULT '';

-- The rows of a run say whose it is, as the run does.
UPDATE "approvals" SET "subject" = "runs"."subject" FROM "runs" WHERE "runs"."id" = "approvals"."run_id";
UPDATE "artifacts" SET "subject" = "runs"."subject" FROM "runs" WHERE "runs"."id" = "artifacts"."run_id";
UPDATE "steps" SET "subject" = "runs"."subject" FROM "runs" WHERE "runs"."id" = "steps"."run_id";

-- CreateIndex
CREATE INDEX "approvals_tenant_subject_id_idx" ON "approvals"("tenant", "subject", "id");

-- CreateIndex
CREATE INDEX "approvals_tenant_subject_state_id_idx" ON "approvals"("tenant", "subject", "state", "id");

-- CreateIndex
CREATE INDEX "artifacts_tenant_subject_digest_id_idx" ON "artifacts"("tenant", "subject", "digest", "id");

-- CreateIndex
CREATE INDEX "steps_tenant_output_digest_subject_idx" ON "steps"("tenant", "output_digest", "subject");

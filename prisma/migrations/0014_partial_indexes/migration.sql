-- DropIndex
DROP INDEX "runs_due_at_idx";

-- DropIndex
DROP INDEX "runs_tenant_workflow_id_idx";

-- DropIndex
DROP INDEX "runs_tenant_username_id_idx";

-- DropIndex
DROP INDEX "runs_tenant_subject_idempotency_key_key";

-- DropIndex
DROP INDEX "runs_parent_id_id_idx";

-- CreateIndex
CREATE INDEX "runs_tenant_username_id_idx" ON "runs"("tenant", "username", "id") WHERE username <> subject;

-- CreateIndex
CREATE INDEX "runs_tenant_workflow_id_idx" ON "runs"("tenant", "workflow", "id") WHERE workflow IS NOT NULL;

-- CreateIndex
CREATE INDEX "runs_parent_id_id_idx" ON "runs"("parent_id", "id") WHERE parent_id IS NOT NULL;

-- CreateIndex
CREATE INDEX "runs_due_at_idx" ON "runs"("due_at") WHERE due_at IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "runs_tenant_subject_idempotency_key_key" ON "runs"("tenant", "subject", "idempotency_key") WHERE idempotency_key IS NOT NULL;

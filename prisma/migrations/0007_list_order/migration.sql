-- DropIndex
DROP INDEX "artifacts_tenant_digest_idx";

-- CreateIndex
CREATE INDEX "approvals_tenant_id_idx" ON "approvals"("tenant", "id");

-- CreateIndex
CREATE INDEX "artifacts_tenant_digest_id_idx" ON "artifacts"("tenant", "digest", "id");

-- CreateIndex
CREATE INDEX "workflows_tenant_id_idx" ON "workflows"("tenant", "id");

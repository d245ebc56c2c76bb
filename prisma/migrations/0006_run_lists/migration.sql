-- CreateIndex
CREATE INDEX "runs_tenant_username_id_idx" ON "runs"("tenant", "username", "id");

-- CreateIndex
CREATE INDEX "runs_tenant_kind_id_idx" ON "runs"("tenant", "kind", "id");

-- CreateIndex
CREATE INDEX "runs_tenant_workflow_id_idx" ON "runs"("tenant", "workflow", "id");

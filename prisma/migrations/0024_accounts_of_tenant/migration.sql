-- CreateIndex
CREATE INDEX "users_tenant_subject_idx" ON "users"("tenant", "subject");

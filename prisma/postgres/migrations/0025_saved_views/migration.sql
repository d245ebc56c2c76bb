-- CreateTable
CREATE TABLE "saved_views" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "saved_by" TEXT NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_views_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "saved_views_tenant_subject_name_key" ON "saved_views"("tenant", "subject", "name");

-- CreateIndex
CREATE INDEX "artifacts_tenant_id_idx" ON "artifacts"("tenant", "id");

-- CreateIndex
CREATE INDEX "artifacts_tenant_subject_id_idx" ON "artifacts"("tenant", "subject", "id");

-- CreateTable
CREATE TABLE "access_tokens" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "roles" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "signed_in_at" DATETIME NOT NULL,
    "created_at" DATETIME NOT NULL,
    "expires_at" DATETIME NOT NULL,
    "revoked" BOOLEAN NOT NULL DEFAULT false,
    "latest_end" DATETIME NOT NULL,
    "last_used_at" DATETIME,
    "revision" BIGINT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "access_tokens_hash_key" ON "access_tokens"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "access_tokens_revision_key" ON "access_tokens"("revision");

-- CreateIndex
CREATE INDEX "access_tokens_tenant_kind_id_idx" ON "access_tokens"("tenant", "kind", "id");

-- CreateIndex
CREATE INDEX "access_tokens_tenant_subject_kind_id_idx" ON "access_tokens"("tenant", "subject", "kind", "id");

-- CreateIndex
CREATE INDEX "access_tokens_expires_at_idx" ON "access_tokens"("expires_at");

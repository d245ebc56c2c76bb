-- CreateTable
CREATE TABLE "worker_restrictions" (
    "kind" TEXT NOT NULL,
    "worker_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL,
    "username" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "revision" BIGINT NOT NULL,

    PRIMARY KEY ("kind", "worker_id", "key")
);

-- CreateIndex
CREATE UNIQUE INDEX "worker_restrictions_revision_key" ON "worker_restrictions"("revision");

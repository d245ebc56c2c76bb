-- CreateTable
CREATE TABLE "workspaces" (
    "run_id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "files" BIGINT NOT NULL,

    CONSTRAINT "workspaces_pkey" PRIMARY KEY ("run_id")
);

-- CreateTable
CREATE TABLE "workspaces" (
    "run_id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "files" BIGINT NOT NULL
);

-- AlterTable
ALTER TABLE "approvals" ADD COLUMN "call" TEXT;

-- CreateTable
CREATE TABLE "memories" (
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "run_id" TEXT NOT NULL,

    PRIMARY KEY ("tenant", "name", "id")
);

-- CreateTable
CREATE TABLE "token_usage" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "run_id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "tokens" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "credentials" (
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" BLOB NOT NULL,

    PRIMARY KEY ("tenant", "subject", "name")
);

-- No version has written this table: it is made anew.
DROP TABLE "tool_calls";

-- CreateTable
CREATE TABLE "tool_calls" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "arguments" TEXT NOT NULL,
    "result" TEXT,
    "error" TEXT,
    "seq" INTEGER NOT NULL,
    "called_at" DATETIME NOT NULL,
    "duration_ms" REAL,

    PRIMARY KEY ("run_id", "id"),
    CONSTRAINT "tool_calls_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "tool_calls_run_id_step_seq_idx" ON "tool_calls"("run_id", "step", "seq");

-- CreateIndex
CREATE INDEX "memories_tenant_name_at_id_idx" ON "memories"("tenant", "name", "at", "id");

-- CreateIndex
CREATE INDEX "token_usage_run_id_tokens_idx" ON "token_usage"("run_id", "tokens");

-- CreateIndex
CREATE INDEX "token_usage_tenant_subject_day_tokens_idx" ON "token_usage"("tenant", "subject", "day", "tokens");

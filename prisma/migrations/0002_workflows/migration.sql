-- DropIndex
DROP INDEX "events_tenant_subject_position_idx";

-- DropIndex
DROP INDEX "events_tenant_position_idx";

-- CreateTable
CREATE TABLE "journal" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "position" BIGINT NOT NULL,
    "floor" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "leaves" (
    "position" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "checkpoints" (
    "size" BIGINT NOT NULL PRIMARY KEY,
    "position" BIGINT NOT NULL,
    "root" TEXT NOT NULL,
    "frontier" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "workflows" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "description" TEXT,
    "yaml" TEXT NOT NULL,
    "document" TEXT NOT NULL,
    "inputs" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "created_by" TEXT NOT NULL,
    "deleted_at" DATETIME
);

-- CreateTable
CREATE TABLE "schedules" (
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "next_at" DATETIME NOT NULL,

    PRIMARY KEY ("tenant", "name")
);

-- CreateTable
CREATE TABLE "nodes" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "started_at" DATETIME NOT NULL,
    "expires_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "messages" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "run_id" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_approvals" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "roles" TEXT NOT NULL,
    "requested_at" DATETIME NOT NULL,
    "expires_at" DATETIME,
    "decided_at" DATETIME,
    "decided_by" TEXT,
    "comment" TEXT,
    CONSTRAINT "approvals_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
INSERT INTO "new_approvals" ("comment", "decided_at", "decided_by", "expires_at", "id", "reason", "requested_at", "run_id", "state", "tenant") SELECT "comment", "decided_at", "decided_by", "expires_at", "id", "reason", "requested_at", "run_id", "state", "tenant" FROM "approvals";
DROP TABLE "approvals";
ALTER TABLE "new_approvals" RENAME TO "approvals";
CREATE INDEX "approvals_run_id_idx" ON "approvals"("run_id");
CREATE INDEX "approvals_tenant_state_id_idx" ON "approvals"("tenant", "state", "id");
CREATE TABLE "new_runs" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "roles" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "goal" TEXT,
    "workflow" TEXT,
    "priority" TEXT NOT NULL,
    "trace_id" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "request_digest" TEXT NOT NULL,
    "parent_id" TEXT,
    "rerun_of" TEXT,
    "created_at" DATETIME NOT NULL,
    "started_at" DATETIME,
    "finished_at" DATETIME,
    "seq" INTEGER NOT NULL,
    "head_position" BIGINT NOT NULL,
    "head_hash" TEXT NOT NULL,
    "error" TEXT,
    "labels" TEXT NOT NULL,
    "inputs" TEXT NOT NULL,
    "plan" TEXT,
    "outputs" TEXT,
    "owner" TEXT NOT NULL DEFAULT ''
);
INSERT INTO "new_runs" ("created_at", "error", "finished_at", "goal", "head_hash", "head_position", "id", "idempotency_key", "inputs", "kind", "labels", "parent_id", "priority", "request_digest", "rerun_of", "roles", "seq", "started_at", "state", "subject", "tenant", "trace_id", "username", "workflow") SELECT "created_at", "error", "finished_at", "goal", "head_hash", "head_position", "id", "idempotency_key", "inputs", "kind", "labels", "parent_id", "priority", "request_digest", "rerun_of", "roles", "seq", "started_at", "state", "subject", "tenant", "trace_id", "username", "workflow" FROM "runs";
DROP TABLE "runs";
ALTER TABLE "new_runs" RENAME TO "runs";
CREATE INDEX "runs_tenant_id_idx" ON "runs"("tenant", "id");
CREATE INDEX "runs_tenant_subject_id_idx" ON "runs"("tenant", "subject", "id");
CREATE INDEX "runs_state_tenant_id_idx" ON "runs"("state", "tenant", "id");
CREATE INDEX "runs_parent_id_id_idx" ON "runs"("parent_id", "id");
CREATE UNIQUE INDEX "runs_tenant_subject_idempotency_key_key" ON "runs"("tenant", "subject", "idempotency_key");
CREATE TABLE "new_steps" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "capability" TEXT NOT NULL,
    "effect" TEXT NOT NULL,
    "depends_on" TEXT NOT NULL,
    "max_attempts" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "scheduled_at" DATETIME,
    "started_at" DATETIME,
    "finished_at" DATETIME,
    "output_media_type" TEXT,
    "output_size" BIGINT,
    "output_digest" TEXT,
    "progress" TEXT,
    "error" TEXT,
    "decision" TEXT,
    "input" TEXT,
    "terms" TEXT,
    "parent" TEXT,
    "role" TEXT,
    "item_index" INTEGER,
    "item" TEXT,
    "wake_at" DATETIME,
    "child_id" TEXT,
    "output_text" TEXT,
    CONSTRAINT "steps_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
INSERT INTO "new_steps" ("attempt", "capability", "decision", "depends_on", "effect", "error", "finished_at", "id", "input", "key", "kind", "max_attempts", "output_digest", "output_media_type", "output_size", "output_text", "position", "progress", "run_id", "scheduled_at", "started_at", "state", "tenant", "title") SELECT "attempt", "capability", "decision", "depends_on", "effect", "error", "finished_at", "id", "input", "key", "kind", "max_attempts", "output_digest", "output_media_type", "output_size", "output_text", "position", "progress", "run_id", "scheduled_at", "started_at", "state", "tenant", "title" FROM "steps";
DROP TABLE "steps";
ALTER TABLE "new_steps" RENAME TO "steps";
CREATE INDEX "steps_tenant_output_digest_idx" ON "steps"("tenant", "output_digest");
CREATE UNIQUE INDEX "steps_run_id_key_key" ON "steps"("run_id", "key");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "leaves_run_id_idx" ON "leaves"("run_id");

-- CreateIndex
CREATE INDEX "checkpoints_position_idx" ON "checkpoints"("position");

-- CreateIndex
CREATE UNIQUE INDEX "workflows_tenant_name_version_key" ON "workflows"("tenant", "name", "version");

-- CreateIndex
CREATE INDEX "schedules_next_at_idx" ON "schedules"("next_at");

-- CreateIndex
CREATE INDEX "messages_run_id_idx" ON "messages"("run_id");

-- The newest position so far; and the runs that have ended, as leaves of the audit tree in the order of their ends.
INSERT INTO "journal" ("id", "position", "floor") SELECT 1, coalesce(max("position"), 0), 0 FROM "events";
INSERT INTO "leaves" ("position", "run_id", "seq", "hash") SELECT "head_position", "id", "seq", "head_hash" FROM "runs" WHERE "state" IN ('SUCCEEDED', 'FAILED', 'TIMEOUT', 'DENIED', 'CANCELLED');

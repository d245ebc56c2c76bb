-- CreateTable
CREATE TABLE "runs" (
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
    "inputs" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "run_labels" (
    "run_id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    PRIMARY KEY ("run_id", "key"),
    CONSTRAINT "run_labels_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "steps" (
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
    "input" TEXT NOT NULL,
    "output_text" TEXT,
    CONSTRAINT "steps_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "events" (
    "position" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "step" TEXT,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    CONSTRAINT "events_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "artifacts" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step" TEXT,
    "digest" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "created_at" DATETIME NOT NULL,
    CONSTRAINT "artifacts_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "tool_calls" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "arguments" TEXT NOT NULL,
    "result" TEXT,
    "error" TEXT,
    "started_at" DATETIME NOT NULL,
    "finished_at" DATETIME,
    CONSTRAINT "tool_calls_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "tool_calls_step_id_fkey" FOREIGN KEY ("step_id") REFERENCES "steps" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "approvals" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "requested_at" DATETIME NOT NULL,
    "expires_at" DATETIME,
    "decided_at" DATETIME,
    "decided_by" TEXT,
    "comment" TEXT,
    CONSTRAINT "approvals_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "approvals_step_id_fkey" FOREIGN KEY ("step_id") REFERENCES "steps" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "users" (
    "subject" TEXT NOT NULL PRIMARY KEY,
    "username" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "roles" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL
);

-- CreateIndex
CREATE INDEX "runs_tenant_id_idx" ON "runs"("tenant", "id");

-- CreateIndex
CREATE INDEX "runs_tenant_subject_id_idx" ON "runs"("tenant", "subject", "id");

-- CreateIndex
CREATE INDEX "runs_state_tenant_id_idx" ON "runs"("state", "tenant", "id");

-- CreateIndex
CREATE INDEX "runs_parent_id_id_idx" ON "runs"("parent_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "runs_tenant_subject_idempotency_key_key" ON "runs"("tenant", "subject", "idempotency_key");

-- CreateIndex
CREATE INDEX "run_labels_tenant_key_value_run_id_idx" ON "run_labels"("tenant", "key", "value", "run_id");

-- CreateIndex
CREATE INDEX "steps_tenant_output_digest_idx" ON "steps"("tenant", "output_digest");

-- CreateIndex
CREATE UNIQUE INDEX "steps_run_id_key_key" ON "steps"("run_id", "key");

-- CreateIndex
CREATE INDEX "events_tenant_position_idx" ON "events"("tenant", "position");

-- CreateIndex
CREATE INDEX "events_tenant_subject_position_idx" ON "events"("tenant", "subject", "position");

-- CreateIndex
CREATE UNIQUE INDEX "events_run_id_seq_key" ON "events"("run_id", "seq");

-- CreateIndex
CREATE INDEX "artifacts_run_id_id_idx" ON "artifacts"("run_id", "id");

-- CreateIndex
CREATE INDEX "artifacts_tenant_digest_idx" ON "artifacts"("tenant", "digest");

-- CreateIndex
CREATE INDEX "tool_calls_run_id_idx" ON "tool_calls"("run_id");

-- CreateIndex
CREATE INDEX "tool_calls_step_id_id_idx" ON "tool_calls"("step_id", "id");

-- CreateIndex
CREATE INDEX "approvals_run_id_idx" ON "approvals"("run_id");

-- CreateIndex
CREATE INDEX "approvals_step_id_idx" ON "approvals"("step_id");

-- CreateIndex
CREATE INDEX "approvals_tenant_state_id_idx" ON "approvals"("tenant", "state", "id");

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

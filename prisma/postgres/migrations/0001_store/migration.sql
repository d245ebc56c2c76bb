-- CreateTable
CREATE TABLE "runs" (
    "id" TEXT NOT NULL,
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
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "seq" INTEGER NOT NULL,
    "head_position" BIGINT NOT NULL,
    "head_hash" TEXT NOT NULL,
    "error" TEXT,
    "labels" TEXT NOT NULL,
    "inputs" TEXT NOT NULL,
    "plan" TEXT,
    "outputs" TEXT,
    "owner" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_labels" (
    "run_id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "run_labels_pkey" PRIMARY KEY ("run_id","key")
);

-- CreateTable
CREATE TABLE "steps" (
    "id" TEXT NOT NULL,
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
    "scheduled_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
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
    "wake_at" TIMESTAMPTZ(3),
    "child_id" TEXT,
    "output_text" TEXT,

    CONSTRAINT "steps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "position" BIGINT NOT NULL,
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "step" TEXT,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "payload" TEXT NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "artifacts" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step" TEXT,
    "digest" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "artifacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tool_calls" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "arguments" TEXT NOT NULL,
    "result" TEXT,
    "error" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "tool_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approvals" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "roles" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "comment" TEXT,

    CONSTRAINT "approvals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "journal" (
    "id" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "floor" BIGINT NOT NULL,

    CONSTRAINT "journal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leaves" (
    "position" BIGINT NOT NULL,
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "leaves_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "checkpoints" (
    "size" BIGINT NOT NULL,
    "position" BIGINT NOT NULL,
    "root" TEXT NOT NULL,
    "frontier" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("size")
);

-- CreateTable
CREATE TABLE "workflows" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "description" TEXT,
    "yaml" TEXT NOT NULL,
    "document" TEXT NOT NULL,
    "inputs" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "workflows_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schedules" (
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "schedules_pkey" PRIMARY KEY ("tenant","name")
);

-- CreateTable
CREATE TABLE "nodes" (
    "id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "nodes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messages" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "subject" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "roles" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("subject")
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
CREATE INDEX "approvals_tenant_state_id_idx" ON "approvals"("tenant", "state", "id");

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

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- AddForeignKey
ALTER TABLE "run_labels" ADD CONSTRAINT "run_labels_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "steps" ADD CONSTRAINT "steps_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tool_calls" ADD CONSTRAINT "tool_calls_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tool_calls" ADD CONSTRAINT "tool_calls_step_id_fkey" FOREIGN KEY ("step_id") REFERENCES "steps"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The one row of the journal: nothing was appended yet.
INSERT INTO "journal" ("id", "position", "floor") VALUES (1, 0, 0);

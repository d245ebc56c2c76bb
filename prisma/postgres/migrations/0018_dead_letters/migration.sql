-- CreateTable
CREATE TABLE "dead_letters" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "trace_id" TEXT NOT NULL,
    "run_id" TEXT,
    "request" TEXT,

    CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cursors" (
    "name" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "owner" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cursors_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "dead_letters_source_key" ON "dead_letters"("source");

-- CreateIndex
CREATE INDEX "dead_letters_tenant_id_idx" ON "dead_letters"("tenant", "id");

-- CreateIndex
CREATE INDEX "dead_letters_tenant_subject_id_idx" ON "dead_letters"("tenant", "subject", "id");

-- CreateIndex
CREATE INDEX "dead_letters_tenant_topic_id_idx" ON "dead_letters"("tenant", "topic", "id");

-- CreateIndex
CREATE INDEX "dead_letters_tenant_reason_id_idx" ON "dead_letters"("tenant", "reason", "id");

-- CreateIndex
CREATE INDEX "runs_head_position_idx" ON "runs"("head_position") WHERE (kind = 'JOB' AND due_at IS NULL);

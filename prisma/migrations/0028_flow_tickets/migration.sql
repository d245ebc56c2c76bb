-- CreateTable
CREATE TABLE "flow_tickets" (
    "run_id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "workflow" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "max_active" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "turn" BIGINT NOT NULL,
    "enqueued_at" DATETIME NOT NULL,
    "not_before" DATETIME NOT NULL,
    "debounce_key" TEXT,
    "cancelled" BOOLEAN NOT NULL DEFAULT false
);

-- CreateTable
CREATE TABLE "flow_rates" (
    "tenant" TEXT NOT NULL,
    "workflow" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "tat" BIGINT NOT NULL,

    PRIMARY KEY ("tenant", "workflow", "key")
);

-- CreateIndex
CREATE INDEX "flow_tickets_tenant_workflow_key_turn_idx" ON "flow_tickets"("tenant", "workflow", "key", "turn") WHERE state = 'WAITING';

-- CreateIndex
CREATE INDEX "flow_tickets_tenant_workflow_key_run_id_idx" ON "flow_tickets"("tenant", "workflow", "key", "run_id") WHERE state = 'ACTIVE';

-- CreateIndex
CREATE INDEX "flow_tickets_tenant_workflow_debounce_key_idx" ON "flow_tickets"("tenant", "workflow", "debounce_key") WHERE debounce_key IS NOT NULL AND state = 'WAITING';

-- CreateIndex
CREATE INDEX "flow_rates_tat_idx" ON "flow_rates"("tat");

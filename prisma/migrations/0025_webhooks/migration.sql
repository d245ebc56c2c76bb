-- CreateTable
CREATE TABLE "webhooks" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT NOT NULL,
    "workflow" TEXT,
    "secret" BLOB NOT NULL,
    "since" BIGINT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "failing_since" DATETIME,
    "disabled_at" DATETIME,
    "disabled_reason" TEXT
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "webhook_id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "body" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    "next_at" DATETIME,
    "last_status" INTEGER,
    "last_error" TEXT,
    "finished_at" DATETIME
);

-- CreateIndex
CREATE INDEX "webhooks_tenant_id_idx" ON "webhooks"("tenant", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_webhook_id_id_idx" ON "webhook_deliveries"("webhook_id", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_webhook_id_next_at_idx" ON "webhook_deliveries"("webhook_id", "next_at") WHERE next_at IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_webhook_id_position_key" ON "webhook_deliveries"("webhook_id", "position");

-- AlterTable
ALTER TABLE "steps" ADD COLUMN     "repair" TEXT;

-- CreateIndex
CREATE INDEX "events_agent_messages_idx" ON "events"("run_id", "step") WHERE (type = 'AGENT_MESSAGE');

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "queue" TEXT;

-- CreateIndex
CREATE INDEX "runs_queue_priority_id_idx" ON "runs"("queue", "priority", "id") WHERE (queue IS NOT NULL);

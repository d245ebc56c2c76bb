-- AlterTable
ALTER TABLE "steps" ADD COLUMN "worker" TEXT;

-- CreateIndex
CREATE INDEX "steps_worker_idx" ON "steps"("worker") WHERE worker IS NOT NULL AND finished_at IS NULL;

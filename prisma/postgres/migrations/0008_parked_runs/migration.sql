-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "due_at" BIGINT;

-- Runs in progress have a driver, or need one.
UPDATE "runs" SET "due_at" = 0 WHERE "state" IN ('PENDING', 'RUNNING', 'WAITING');

-- CreateIndex
CREATE INDEX "runs_due_at_idx" ON "runs"("due_at");

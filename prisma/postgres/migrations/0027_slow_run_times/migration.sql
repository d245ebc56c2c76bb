-- DropIndex
DROP INDEX "runs_slow_idx";

-- CreateIndex
CREATE INDEX "runs_slow_idx" ON "runs"("tenant", "id", "started_at", "finished_at") WHERE (finished_at - started_at >= '00:00:01'::interval);

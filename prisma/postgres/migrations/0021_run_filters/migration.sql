-- DropIndex
DROP INDEX "runs_state_tenant_id_idx";

-- DropIndex
DROP INDEX "runs_tenant_id_idx";

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "error_code" TEXT;
-- PostgreSQL refuses to read JSON with \u0000. Quotation marks within texts are escaped, so that they do not match.
UPDATE runs SET error_code = substring(error FROM '"code":"([A-Z_]+)"') WHERE error IS NOT NULL;

-- The text index has more texts of each run now: it is built again, in the background.
DELETE FROM search_segments;
DELETE FROM search_trigrams;

-- CreateIndex
CREATE INDEX "runs_of_clients_idx" ON "runs"("tenant", "id") WHERE (parent_id IS NULL);

-- CreateIndex
CREATE INDEX "runs_of_runs_idx" ON "runs"("tenant", "id") WHERE (parent_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "runs_by_state_idx" ON "runs"("state", "tenant", "id", "parent_id", "created_at", "started_at", "finished_at");

-- CreateIndex
CREATE INDEX "runs_tenant_error_code_id_idx" ON "runs"("tenant", "error_code", "id") WHERE (error_code IS NOT NULL);

-- CreateIndex
CREATE INDEX "runs_rerun_of_id_idx" ON "runs"("rerun_of", "id") WHERE (rerun_of IS NOT NULL);

-- CreateIndex
CREATE INDEX "runs_slow_idx" ON "runs"("tenant", "id") WHERE (finished_at - started_at >= '00:00:01'::interval);

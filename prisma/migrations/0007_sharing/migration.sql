-- AlterTable
ALTER TABLE "memories" ADD COLUMN "authors" TEXT;

-- AlterTable
ALTER TABLE "workflows" ADD COLUMN "parts" TEXT;

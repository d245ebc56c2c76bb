-- AlterTable
ALTER TABLE "memories" ADD COLUMN     "subject" TEXT NOT NULL DEFAULT '';

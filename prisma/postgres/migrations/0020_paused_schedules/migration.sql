-- AlterTable
ALTER TABLE "schedules" ALTER COLUMN "next_at" DROP NOT NULL;

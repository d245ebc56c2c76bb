-- CreateTable
CREATE TABLE "worker_handshakes" (
    "worker_id" TEXT NOT NULL,
    "topics" TEXT NOT NULL,
    "sdk_version" TEXT NOT NULL,
    "interval_ms" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_handshakes_pkey" PRIMARY KEY ("worker_id")
);

-- CreateTable
CREATE TABLE "worker_handshakes" (
    "worker_id" TEXT NOT NULL PRIMARY KEY,
    "topics" TEXT NOT NULL,
    "sdk_version" TEXT NOT NULL,
    "interval_ms" INTEGER,
    "at" DATETIME NOT NULL
);

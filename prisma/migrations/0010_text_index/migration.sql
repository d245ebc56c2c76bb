-- CreateTable
CREATE TABLE "search_segments" (
    "position" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "runs" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "search_trigrams" (
    "position" BIGINT NOT NULL,
    "tenant" TEXT NOT NULL,
    "trigram" TEXT NOT NULL,
    "runs" TEXT NOT NULL,

    PRIMARY KEY ("position", "tenant", "trigram")
) WITHOUT ROWID;

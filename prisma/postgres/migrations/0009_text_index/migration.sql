-- CreateTable
CREATE TABLE "search_segments" (
    "position" BIGINT NOT NULL,
    "runs" TEXT NOT NULL,

    CONSTRAINT "search_segments_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "search_trigrams" (
    "position" BIGINT NOT NULL,
    "tenant" TEXT NOT NULL,
    "trigram" TEXT NOT NULL,
    "runs" TEXT NOT NULL,

    CONSTRAINT "search_trigrams_pkey" PRIMARY KEY ("position","tenant","trigram")
);

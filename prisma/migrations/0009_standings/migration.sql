-- CreateTable
CREATE TABLE "standings" (
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "local" BOOLEAN NOT NULL,
    "disabled" BOOLEAN NOT NULL,
    "not_before" DATETIME,
    "revision" BIGINT NOT NULL,

    PRIMARY KEY ("tenant", "subject")
);

-- CreateIndex
CREATE UNIQUE INDEX "standings_revision_key" ON "standings"("revision");

-- Every account has a standing.
INSERT INTO "standings" ("tenant", "subject", "local", "disabled", "revision")
SELECT "tenant", "subject", TRUE, FALSE, row_number() OVER (ORDER BY "subject") FROM "users";

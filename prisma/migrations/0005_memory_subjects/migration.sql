-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_memories" (
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "run_id" TEXT NOT NULL,
    "subject" TEXT NOT NULL DEFAULT '',

    PRIMARY KEY ("tenant", "name", "id")
);
INSERT INTO "new_memories" ("at", "id", "name", "run_id", "tenant", "text") SELECT "at", "id", "name", "run_id", "tenant", "text" FROM "memories";
DROP TABLE "memories";
ALTER TABLE "new_memories" RENAME TO "memories";
CREATE INDEX "memories_tenant_name_at_id_idx" ON "memories"("tenant", "name", "at", "id");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

// Writes prisma/postgres/schema.prisma, which is prisma/schema.prisma for PostgreSQL: `node scripts/postgres-schema.ts`.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const SQLITE = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url));
const POSTGRES = fileURLToPath(new URL('../prisma/postgres/schema.prisma', import.meta.url));

/** The places where the two differ: what stands in the one, and what stands there in the other. */
const REPLACEMENTS: readonly [RegExp, string][] = [
  [
    /^(?:\/\/[^\n]*\n)+/,
    '// Made from prisma/schema.prisma by scripts/postgres-schema.ts; a test holds the two together.\n',
  ],
  [/"\.\.\/src\/store\/generated\/sqlite"/, '"../../src/store/generated/postgres"'],
  [/provider = "sqlite"/, 'provider = "postgresql"'],
  // SQLite's only key that counts as its rows' place is called Int, whatever its size.
  [/^( +position +)Int( +)@id/gm, '$1BigInt$2@id'],
  [/^( +\w+ +)(DateTime\??)( +@map\("\w+"\))?$/gm, '$1$2$3 @db.Timestamptz(3)'],
  [/finished_at - started_at >= 1000/, "finished_at - started_at >= '00:00:01'::interval"],
];

/** @param schema the text of prisma/schema.prisma */
export function postgresSchema(schema: string): string {
  return REPLACEMENTS.reduce((text, [from, to]) => text.replace(from, to), schema);
}

if (import.meta.main) await writeFile(POSTGRES, postgresSchema(await readFile(SQLITE, 'utf8')));

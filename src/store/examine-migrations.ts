import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { type Database, databaseUrl } from './connections/database-config.ts';
import { migrationNames } from './migrations/schema-engine.ts';

/** What a database is, and which migrations it has not had. Changes nothing, also while a server uses it. @throws Fault UNAVAILABLE */
export async function examineMigrations(
  database: Database,
): Promise<{ readonly version: string; readonly missing: readonly string[] }> {
  const { version, applied } =
    database.kind === 'sqlite' ? await ofSqlite(database.file) : await ofPostgres(databaseUrl(database.url));
  const missing = (await migrationNames(database.kind)).filter((name) => !applied.includes(name));
  return { version, missing };
}

async function ofSqlite(file: string) {
  const memory = new BetterSqlite(':memory:');
  const version = memory.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '';
  memory.close();
  if (!existsSync(file)) return { version, applied: [] };
  const { appliedToSqlite } = await import('./migrations/migrate-sqlite.ts');
  return { version, applied: appliedToSqlite(file, true) };
}

async function ofPostgres(url: string) {
  const { appliedToPostgres, connected } = await import('./migrations/migrate-postgres.ts');
  const client = await connected(url);
  try {
    const { rows } = await client.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
    return { version: rows[0]?.version ?? '', applied: await appliedToPostgres(client) };
  } finally {
    await client.end();
  }
}

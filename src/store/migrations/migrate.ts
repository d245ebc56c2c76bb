import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { type DatabaseConfig, revealDatabaseUrl } from '../connections/database-config.ts';
import { listMigrationNames } from './schema-engine.ts';

/**
 * Brings the database up to date with the migrations of its kind. If nothing is to be done, the schema engine is not
 * loaded.
 * @returns names of the migrations that were applied
 * @throws Fault UNAVAILABLE if it cannot be reached, a newer version migrated it, or a migration failed
 */
export async function migrate(database: DatabaseConfig): Promise<readonly string[]> {
  if (database.kind === 'sqlite') return (await import('./migrate-sqlite.ts')).migrateSqlite(database.file);
  return (await import('./migrate-postgres.ts')).migratePostgres(revealDatabaseUrl(database.url));
}

/** The version of a database, and the migrations that it lacks. Changes nothing; a server may be using it. @throws Fault UNAVAILABLE */
export async function readMigrationStatus(
  database: DatabaseConfig,
): Promise<{ readonly version: string; readonly missing: readonly string[] }> {
  const { version, applied } =
    database.kind === 'sqlite'
      ? await readSqliteStatus(database.file)
      : await readPostgresStatus(revealDatabaseUrl(database.url));
  const missing = (await listMigrationNames(database.kind)).filter((name) => !applied.includes(name));
  return { version, missing };
}

async function readSqliteStatus(file: string) {
  const memory = new BetterSqlite(':memory:');
  const version = memory.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '';
  memory.close();
  if (!existsSync(file)) return { version, applied: [] };
  const { listAppliedSqliteMigrations } = await import('./migrate-sqlite.ts');
  return { version, applied: listAppliedSqliteMigrations(file, true) };
}

async function readPostgresStatus(url: string) {
  const { listAppliedPostgresMigrations, connectToMigrate } = await import('./migrate-postgres.ts');
  const client = await connectToMigrate(url);
  try {
    const { rows } = await client.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
    return { version: rows[0]?.version ?? '', applied: await listAppliedPostgresMigrations(client) };
  } finally {
    await client.end();
  }
}

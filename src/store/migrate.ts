import type { Database } from './database.ts';
import { databaseUrl } from './database.ts';

/**
 * Brings the database up to date with the migrations of its kind. When there is nothing to do the schema engine is not
 * even loaded.
 * @returns names of the migrations that were applied.
 * @throws Fault UNAVAILABLE when it cannot be reached, a newer version made it, or a migration failed.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  if (database.kind === 'sqlite') return (await import('./sqlite-migrate.ts')).migrateSqlite(database.file);
  return (await import('./postgres-migrate.ts')).migratePostgres(databaseUrl(database.url));
}

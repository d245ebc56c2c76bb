import type { Database } from './connections/database-config.ts';
import { databaseUrl } from './connections/database-config.ts';

/**
 * Brings the database up to date with the migrations of its kind. When there is nothing to do the schema engine is not
 * even loaded.
 * @returns names of the migrations that were applied.
 * @throws Fault UNAVAILABLE when it cannot be reached, a newer version made it, or a migration failed.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  if (database.kind === 'sqlite') return (await import('./migrations/migrate-sqlite.ts')).migrateSqlite(database.file);
  return (await import('./migrations/migrate-postgres.ts')).migratePostgres(databaseUrl(database.url));
}

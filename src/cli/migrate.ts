import { readEnvironment } from '../config/environment.ts';
import { migrate as migrateDatabase, readMigrationStatus } from '../store/migrations/migrate.ts';
import type { VerbContext } from './verb.ts';

/** Prints the migrations that it applied; with `--dry-run` those that it would. */
export async function migrate(
  { env, print, note }: VerbContext,
  _: readonly unknown[],
  { dryRun = false }: { readonly dryRun?: boolean },
): Promise<undefined> {
  const { database } = readEnvironment(env);
  const names = dryRun ? (await readMigrationStatus(database)).missing : await migrateDatabase(database);
  await print(names.map((name) => ({ id: name })));
  if (names.length === 0) note('The database is up to date.');
}

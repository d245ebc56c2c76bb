import { readEnvironment } from '../config/environment.ts';
import { migrate as migrateDatabase } from '../store/migrations/migrate.ts';
import type { VerbContext } from './verb.ts';

/** Prints the migrations that it applied. */
export async function migrate({ env, print, note }: VerbContext): Promise<undefined> {
  const applied = await migrateDatabase(readEnvironment(env).database);
  await print(applied.map((name) => ({ id: name })));
  if (applied.length === 0) note('The database is up to date.');
}

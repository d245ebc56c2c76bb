import { readEnvironment } from '../config/environment.ts';
import { migrate as migrateDatabase } from '../store/migrations/migrate.ts';
import { EXIT, printLine } from './output.ts';

export async function migrate(env: NodeJS.ProcessEnv): Promise<number> {
  const applied = await migrateDatabase(readEnvironment(env).database);
  printLine(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
  return EXIT.success;
}

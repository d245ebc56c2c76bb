import { describe } from 'vitest';
import { executeOnServer, TEST_DATABASE_URL } from '../../../scripts/scratch-database.ts';
import type { StoreHarness } from './harness.ts';
import { createMigratedDatabase } from './migrated-database.ts';
import { postgresHarness } from './postgres-harness.ts';

/** Creates a separate PostgreSQL database to test, with every migration. */
export type MakePostgresHarness = () => Promise<StoreHarness & { readonly url: string }>;

const makeHarness: MakePostgresHarness = async () => {
  const database = await createMigratedDatabase();
  return { ...postgresHarness(database), url: database.url };
};

const answers = () =>
  executeOnServer('SELECT 1').then(
    () => true,
    () => false,
  );

/**
 * Runs a suite that needs a PostgreSQL server. If none answers, the suite is skipped and says so; if REQUIRE_SERVICES is set,
 * it fails.
 */
export async function onPostgres(suite: (makeHarness: MakePostgresHarness) => void): Promise<void> {
  const isRun = process.env.REQUIRE_SERVICES || (await answers());
  if (isRun) return suite(makeHarness);
  const { host } = new URL(TEST_DATABASE_URL);
  describe.skip(`skipped, because no PostgreSQL server answers at ${host} (TEST_DATABASE_URL)`, () =>
    suite(makeHarness));
}

import { describe } from 'vitest';
import { createScratchDatabase, TEST_DATABASE_URL } from '../../../scripts/scratch-database.ts';
import type { StoreHarness } from './harness.ts';
import { postgresHarness } from './postgres-harness.ts';

/** Creates a separate PostgreSQL database to test. */
export type MakePostgresHarness = () => Promise<StoreHarness & { readonly url: string }>;

const makeHarness: MakePostgresHarness = async () => {
  const database = await createScratchDatabase();
  return { ...postgresHarness(database), url: database.url };
};

const answers = createScratchDatabase().then(
  async ({ remove }) => {
    await remove();
    return true;
  },
  () => false,
);

/**
 * Runs a suite that needs a PostgreSQL server. If none answers, the suite is skipped and says so; if REQUIRE_SERVICES is set,
 * it fails.
 */
export async function onPostgres(suite: (makeHarness: MakePostgresHarness) => void): Promise<void> {
  const isRun = process.env.REQUIRE_SERVICES || (await answers);
  if (isRun) return suite(makeHarness);
  const { host } = new URL(TEST_DATABASE_URL);
  describe.skip(`skipped, because no PostgreSQL server answers at ${host} (TEST_DATABASE_URL)`, () =>
    suite(makeHarness));
}

import { afterAll } from 'vitest';
import type { Store } from '../../../src/store/open-store.ts';
import { sqliteHarness } from '../store/sqlite-harness.ts';

/** What a store has of workers, for the tests of one file. */
export async function openWorkerTables(): ReturnType<Store['openWorkerTables']> {
  const harness = await sqliteHarness();
  const store = await harness.open();
  const tables = await store.openWorkerTables();
  afterAll(async () => {
    await tables.restrictions.close();
    await store.close();
    await harness.remove();
  });
  return tables;
}

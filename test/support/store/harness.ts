import { afterAll, beforeAll } from 'vitest';
import type { QuotaTable } from '../../../src/core/accounts/accounts.ts';
import type { AuditOptions } from '../../../src/store/audit/open-audit.ts';
import type { DatabaseConfig } from '../../../src/store/connections/database-config.ts';
import type { Store } from '../../../src/store/open-store.ts';

/** One database under test: what the contracts need in addition to the ports. */
export interface StoreHarness {
  readonly kind: DatabaseConfig['kind'];
  /** Opens the store on the database; again after it was closed. */
  open(options?: {
    readonly nodeId?: string;
    readonly audit?: AuditOptions;
    readonly quotas?: QuotaTable;
  }): Promise<Store>;
  /** Runs one statement behind the store's back, without any constraint; each `?` is replaced by a value. */
  tamper(sql: string, ...values: unknown[]): Promise<void>;
  /** What a separate connection sees. */
  query<Row>(sql: string, ...values: unknown[]): Promise<Row[]>;
  /** Blocks every writer until the returned function is called. */
  lock(): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

/** One database, and one store on it, for all tests of a suite. */
export function useStore(makeHarness: () => Promise<StoreHarness>) {
  let harness: StoreHarness;
  let store: Store;
  beforeAll(async () => {
    harness = await makeHarness();
    store = await harness.open();
  });
  afterAll(async () => {
    await store.close();
    await harness.remove();
  });
  return {
    get harness() {
      return harness;
    },
    get store() {
      return store;
    },
    /** Opens the database again, as a restart does. The caller has closed the store. */
    reopen: async () => {
      store = await harness.open();
    },
  };
}

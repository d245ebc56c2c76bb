import type { AuditOptions } from '../../../src/store/audit/open-audit.ts';
import type { DatabaseConfig } from '../../../src/store/connections/database-config.ts';
import type { Store } from '../../../src/store/open-store.ts';

/** One database under test: everything the contract needs beside the ports. */
export interface StoreHarness {
  readonly kind: DatabaseConfig['kind'];
  /** Opens the store on the database; again after it was closed. */
  open(options?: { readonly nodeId?: string; readonly audit?: AuditOptions }): Promise<Store>;
  /** Runs one statement behind the store's back, without any constraint; values stand for `?`. */
  tamper(sql: string, ...values: unknown[]): Promise<void>;
  /** What a connection of its own sees. */
  query<Row>(sql: string, ...values: unknown[]): Promise<Row[]>;
  /** Keeps every writer out until the returned function is called. */
  lock(): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

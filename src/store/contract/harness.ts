import type { Store } from '../open-store.ts';

/** One database under test: everything the contract needs beside the ports. */
export interface Harness {
  /** Opens the store on the database; again after it was closed. */
  open(): Promise<Store>;
  /** Runs one statement behind the store's back, without any constraint. */
  tamper(sql: string, ...values: unknown[]): void;
  /** What a connection of its own sees. */
  query<Row>(sql: string, ...values: unknown[]): Row[];
  /** Keeps every writer out until the returned function is called. */
  lock(): () => void;
  remove(): Promise<void>;
}

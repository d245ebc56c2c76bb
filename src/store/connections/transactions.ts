import type { PrismaClient, Prisma as PrismaTypes } from '../generated/sqlite/client.ts';

/** The client of either database: both generated clients have the same models, and so the same calls. */
export type Prisma = PrismaClient;

/** The client inside one transaction. */
export type Transaction = PrismaTypes.TransactionClient;

/** Runs several statements as one: all of them become durable together, or none. */
export interface Transactions {
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs statements that write, each on its own, while no transaction of this store is open. On SQLite they would wait for
   * that transaction in the very thread that has to finish it.
   */
  write<T>(work: (prisma: Prisma) => PromiseLike<T>): Promise<T>;
  close(): Promise<void>;
}

/** In milliseconds: how long a transaction may wait to start, and how long it may take. */
export const TX_TIMEOUT = { maxWait: 30_000, timeout: 60_000 };

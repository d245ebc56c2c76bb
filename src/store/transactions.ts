import { openPrisma, type Prisma } from './prisma.ts';
import type { Prisma as Names } from './prisma-client/client.ts';
import { orUnwritable } from './sqlite-trouble.ts';

/** What the statements of one transaction go through. */
export type Transaction = Names.TransactionClient;

/** Runs several statements as one: all of them become durable together, or none. */
export interface Transactions {
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** In milliseconds: how long one waits for its turn, and how long it may take. */
const PATIENCE = { maxWait: 30_000, timeout: 60_000 };

/** Transactions of a client that has a connection for each. */
export function createTransactions(prisma: Prisma): Transactions {
  return { run: (work) => prisma.$transaction(work, PATIENCE), close: async () => {} };
}

/**
 * Transactions on SQLite, through a connection of their own, opened with the first one: on the shared one the statements
 * of other callers would fall into them. One at a time. The first statement must write, so that the transaction has
 * the database's one write lock before it reads: who reads first and writes later is refused when others wrote meanwhile.
 */
export function createSqliteTransactions(file: string): Transactions {
  let opened: Promise<Prisma> | undefined;
  return {
    run: async (work) => {
      opened ??= openPrisma(file);
      return orUnwritable((await opened).$transaction(work, PATIENCE));
    },
    close: async () => (await opened)?.$disconnect(),
  };
}

import type { Prisma as Names } from '../generated/sqlite/client.ts';
import { openSqlitePrisma, type Prisma } from './prisma.ts';
import { rethrowUnwritable } from './sqlite-errors.ts';

/** What the statements of one transaction go through. */
export type Transaction = Names.TransactionClient;

/** Runs several statements as one: all of them become durable together, or none. */
export interface Transactions {
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Statements that write, each for itself, while no transaction of this store is open. On SQLite they would wait for
   * its end in the very thread that has to bring it there.
   */
  write<T>(work: (prisma: Prisma) => PromiseLike<T>): Promise<T>;
  close(): Promise<void>;
}

/** In milliseconds: how long one waits for its turn, and how long it may take. */
const TX_TIMEOUT = { maxWait: 30_000, timeout: 60_000 };

/** Transactions of a client that has a connection for each. */
export function createPostgresTransactions(prisma: Prisma): Transactions {
  return {
    run: (work) => prisma.$transaction(work, TX_TIMEOUT),
    write: async (work) => work(prisma),
    close: async () => {},
  };
}

/**
 * Transactions on SQLite, through a connection of their own, opened with the first one: on the shared one the statements
 * of other callers would fall into them. One at a time. The first statement must write, so that the transaction has
 * the database's one write lock before it reads: who reads first and writes later is refused when others wrote meanwhile.
 */
export function createSqliteTransactions(file: string, prisma: Prisma): Transactions {
  let opened: Promise<Prisma> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    run: (work) =>
      inTurn(async () => {
        opened ??= openSqlitePrisma(file);
        return rethrowUnwritable((await opened).$transaction(work, TX_TIMEOUT));
      }),
    write: (work) => inTurn(() => rethrowUnwritable(work(prisma))),
    close: async () => (await opened)?.$disconnect(),
  };
}

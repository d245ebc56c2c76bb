import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaClient } from '../generated/sqlite/client.ts';
import { rethrowUnwritable } from './sqlite-errors.ts';
import { type Prisma, type Transactions, TX_TIMEOUT } from './transactions.ts';

/**
 * Prisma on the store's file, through its own connection. Never open a transaction on it: statements of other callers
 * would become part of it, and would not see what has been committed since.
 */
export async function openSqlitePrisma(file: string, { readonly = false } = {}): Promise<Prisma> {
  const options = { url: file, fileMustExist: true, readonly };
  const adapter = new PrismaBetterSqlite3(options, { timestampFormat: 'unixepoch-ms' });
  const prisma = new PrismaClient({ adapter });
  await prisma.$executeRawUnsafe('PRAGMA synchronous = FULL');
  await prisma.$executeRawUnsafe('PRAGMA cache_size = -4096');
  return prisma;
}

/**
 * Transactions on SQLite, one at a time, through a separate connection that the first one opens: on the shared connection
 * the statements of other callers would become part of them. The first statement must write, so that the transaction holds
 * the database's only write lock before it reads; a transaction that reads first is refused if others have written meanwhile.
 */
export function createSqliteTransactions(file: string, prisma: Prisma): Transactions {
  let connection: Promise<Prisma> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  return {
    run: (work) =>
      enqueue(async () => {
        connection ??= openSqlitePrisma(file);
        return rethrowUnwritable((await connection).$transaction(work, TX_TIMEOUT));
      }),
    write: (work) => enqueue(() => rethrowUnwritable(work(prisma))),
    close: async () => (await connection)?.$disconnect(),
  };
}

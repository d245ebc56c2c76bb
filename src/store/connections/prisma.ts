import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaClient } from '../generated/sqlite/client.ts';

export type Prisma = PrismaClient;

/**
 * Prisma on the store's file, through one connection of its own. Never open a transaction on it: statements of other
 * callers would fall into it, and would not see what was committed since.
 */
export async function openSqlitePrisma(file: string): Promise<Prisma> {
  const adapter = new PrismaBetterSqlite3({ url: file, fileMustExist: true }, { timestampFormat: 'unixepoch-ms' });
  const prisma = new PrismaClient({ adapter });
  await prisma.$executeRawUnsafe('PRAGMA synchronous = FULL');
  await prisma.$executeRawUnsafe('PRAGMA cache_size = -4096');
  return prisma;
}

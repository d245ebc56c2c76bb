import type { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/postgres/client.ts';
import { isConnectionLoss } from './postgres-connection.ts';
import { rethrowUnavailable, retryReads } from './retry-reads.ts';
import { type Prisma, type Transactions, TX_TIMEOUT } from './transactions.ts';

/** How long a read is retried while the database cannot be reached, in milliseconds. */
const READ_TIMEOUT_MS = 2_000;

/** `$queryRaw` is used for reads only. */
const READ_OPERATIONS = /^(find|count|aggregate|groupBy|\$queryRaw$)/;

/**
 * Prisma on PostgreSQL. Reads whose connection was cut are retried; other operations then fail with a Fault UNAVAILABLE.
 */
export function openPostgresPrisma(adapter: PrismaPg): Prisma {
  const client = new PrismaClient({ adapter }).$extends({
    query: {
      $allOperations: ({ operation, args, query }) =>
        READ_OPERATIONS.test(operation)
          ? retryReads(() => normalizeConnectionLoss(query(args)), READ_TIMEOUT_MS)
          : rethrowUnavailable(normalizeConnectionLoss(query(args))),
    },
  });
  return client as unknown as Prisma;
}

/** Transactions of a client that has a connection for each. */
export function createPostgresTransactions(prisma: Prisma): Transactions {
  return {
    // Its statements are normalized above; BEGIN and COMMIT are not.
    run: (work) => rethrowUnavailable(normalizeConnectionLoss(prisma.$transaction(work, TX_TIMEOUT))),
    write: async (work) => work(prisma),
    close: async () => {},
  };
}

/** Prisma wraps the driver's error, or replaces it by a code from its own list. */
async function normalizeConnectionLoss<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, cause, meta } = error as {
      code?: string;
      cause?: unknown;
      meta?: { driverAdapterError?: { cause?: unknown } };
    };
    const isLost =
      CONNECTION_LOSS_CODES.has(String(code)) ||
      [cause, meta?.driverAdapterError, meta?.driverAdapterError?.cause].some(isAdapterConnectionLoss);
    throw isLost ? Object.assign(new Error('Connection terminated', { cause: error })) : error;
  }
}

/** Prisma's codes for a server that cannot be reached, is down, or closed the connection. */
const CONNECTION_LOSS_CODES: ReadonlySet<string> = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024']);

function isAdapterConnectionLoss(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { kind, originalCode } = error as { kind?: unknown; originalCode?: unknown };
  return (
    isConnectionLoss({ ...error, code: originalCode ?? (error as { code?: unknown }).code }) ||
    CONNECTION_LOSS_KINDS.has(String(kind))
  );
}

const CONNECTION_LOSS_KINDS: ReadonlySet<string> = new Set([
  'ConnectionClosed',
  'DatabaseNotReachable',
  'SocketTimeout',
]);

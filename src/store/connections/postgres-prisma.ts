import type { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/postgres/client.ts';
import { isConnectionLoss } from './postgres-connection.ts';
import type { Prisma } from './prisma.ts';
import { rethrowUnavailable, retryReads } from './retry-reads.ts';

/** How long a caller waits while the database is away, in milliseconds. */
const READ_TIMEOUT_MS = 2_000;

const READ_OPERATIONS = /^(find|count|aggregate|groupBy)/;

/**
 * Prisma on PostgreSQL. Both generated clients have the same models, and so the same calls. Reads are done again when
 * their connection was cut; whatever else fails for that reason says so with a Fault UNAVAILABLE.
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

/** Prisma wraps what the driver said, or tells it by a code of its own. */
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

/** Prisma's codes of a server that cannot be reached, is away, or closed the connection. */
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

import type { Leases } from '../../core/leases.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { UNFINISHED_STATES_SQL } from '../rows/run-row.ts';

interface SqliteLeasesDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly nodeId: string;
}

/**
 * The leases of a store that only one process uses: its lease never expires, and every other node is dead. Each method is one
 * statement, so it happens before or after an append of the writer, never during one.
 */
export function createSqliteLeases({ prisma, transactions, nodeId }: SqliteLeasesDeps): Leases {
  return {
    nodeId,
    renew: async () => {
      const [row] = await prisma.$queryRawUnsafe<{ orphans: bigint; next_at: bigint | null }[]>(
        `SELECT EXISTS (SELECT 1 FROM runs WHERE state IN (${UNFINISHED_STATES_SQL}) AND owner <> ?) AS orphans,
           (SELECT CAST(min(next_at) AS INTEGER) FROM schedules) AS next_at`,
        nodeId,
      );
      const nextAt = row?.next_at == null ? undefined : new Date(Number(row.next_at));
      return { renewed: true, orphans: Boolean(row?.orphans), nextScheduleAt: nextAt };
    },
    claim: async (limit) => {
      const claimed = await transactions.write((client) =>
        client.$queryRawUnsafe<{ id: string }[]>(
          `UPDATE runs SET owner = ? WHERE id IN (
             SELECT id FROM runs WHERE state IN (${UNFINISHED_STATES_SQL}) AND owner <> ? ORDER BY id LIMIT ?) RETURNING id`,
          nodeId,
          nodeId,
          limit,
        ),
      );
      return claimed.map(({ id }) => id).sort();
    },
    takeOver: async (runId) => {
      const adopted = await transactions.write((client) =>
        client.$executeRawUnsafe('UPDATE runs SET owner = ? WHERE id = ?', nodeId, runId),
      );
      return adopted === 1;
    },
    // For the next process that opens the file this node is dead.
    release: async () => {},
  };
}

import { type Leases, NEVER } from '../../core/leases.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { queuesOfRuns } from '../tables/queues-of-runs.ts';

interface SqliteLeasesDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly nodeId: string;
}

/** Runs whose node is dead, and parked runs whose time has come, or which have a message. Parameters: node, now. */
const claimableSql = (limit: number) => `
  SELECT id FROM (SELECT id FROM runs WHERE due_at = 0 AND owner <> ? ORDER BY id LIMIT ${limit})
  UNION SELECT id FROM (SELECT id FROM runs WHERE due_at > 0 AND due_at <= ? ORDER BY due_at LIMIT ${limit})
  UNION SELECT id FROM (SELECT id FROM runs WHERE due_at > 0 AND id IN (SELECT run_id FROM messages) LIMIT ${limit})`;

/**
 * The leases of a store that only one process uses: its lease never expires, and every other node is dead. Each method is one
 * statement, so it happens before or after an append of the writer, never during one.
 */
export function createSqliteLeases({ prisma, transactions, nodeId }: SqliteLeasesDeps): Leases {
  const update = (sql: string, ...values: unknown[]): Promise<readonly string[]> =>
    transactions.write(async (client) => {
      const rows = await client.$queryRawUnsafe<{ id: string }[]>(`${sql} RETURNING runs.id`, ...values);
      return rows.map(({ id }) => id).sort();
    });

  return {
    nodeId,
    renew: async (now) => {
      const [row] = await prisma.$queryRawUnsafe<Record<'claimable' | 'due_at' | 'next_at', bigint | null>[]>(
        `SELECT EXISTS (${claimableSql(1)}) AS claimable, (SELECT min(due_at) FROM runs WHERE due_at > ?) AS due_at,
           (SELECT CAST(min(next_at) AS INTEGER) FROM schedules) AS next_at`,
        nodeId,
        now.getTime(),
        now.getTime(),
      );
      return {
        renewed: true,
        nodes: [nodeId],
        claimable: Boolean(row?.claimable),
        nextScheduleAt: toDate(row?.next_at),
        nextWakeAt: toDate(row?.due_at),
      };
    },
    countNodes: () => 1,
    claim: (limit, now) =>
      update(
        `UPDATE runs SET owner = ?, due_at = 0, queue = NULL WHERE id IN (SELECT id FROM (${claimableSql(limit)}) ORDER BY id LIMIT ${limit})`,
        nodeId,
        nodeId,
        now.getTime(),
      ),
    takeOver: async (runId) =>
      (await update('UPDATE runs SET owner = ?, due_at = min(due_at, 0), queue = NULL WHERE id = ?', nodeId, runId))
        .length === 1,
    park: (runs) =>
      update(
        `UPDATE runs SET due_at = p.value ->> 'until', queue = p.value ->> 'queue' FROM json_each(?) p
         WHERE runs.id = p.value ->> 'runId' AND seq = p.value ->> 'seq' AND owner = ? AND due_at = 0
           AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.run_id = runs.id)
           AND NOT EXISTS (SELECT 1 FROM json_each(p.value -> 'childIds') w LEFT JOIN runs c ON c.id = w.value WHERE c.due_at IS NULL)`,
        JSON.stringify(runs),
        nodeId,
      ),
    unpark: async (runId) =>
      (await update('UPDATE runs SET owner = ?, due_at = 0, queue = NULL WHERE id = ? AND due_at > 0', nodeId, runId))
        .length === 1,
    ...queuesOfRuns(<Row>(sql: string, values: readonly unknown[]) =>
      prisma.$queryRawUnsafe<Row[]>(sql.replaceAll(/\$\d/g, '?'), ...values),
    ),
    // For the next process that opens the file this node is dead.
    release: async () => {},
  };
}

function toDate(ms: bigint | null | undefined): Date | undefined {
  return ms == null || Number(ms) === NEVER ? undefined : new Date(Number(ms));
}

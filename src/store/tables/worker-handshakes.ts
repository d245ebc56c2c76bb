import type { WorkerHandshakes } from '../../core/runtime.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';

/** Workers that a node remembers; see the registry. */
const MAX_ROWS = 10_000;

/** The table `worker_handshakes`. */
export function createWorkerHandshakes(deps: {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
}): WorkerHandshakes {
  const { prisma, transactions, kind } = deps;
  return {
    list: async () => {
      const rows = await prisma.workerHandshake.findMany({ orderBy: { at: 'desc' }, take: MAX_ROWS });
      return rows.map(({ topics, intervalMs, ...row }) => ({
        ...row,
        topics: JSON.parse(topics) as string[],
        ...(intervalMs !== null && { intervalMs }),
      }));
    },
    save: async (handshakes) => {
      const data = handshakes.map(({ topics, ...row }) => ({ ...row, topics: JSON.stringify(topics) }));
      await transactions.run(async (tx) => {
        // Nodes hear the same, and would write the same rows at the same time.
        if (kind === 'postgres') await tx.$executeRaw`LOCK TABLE worker_handshakes IN SHARE ROW EXCLUSIVE MODE`;
        await tx.workerHandshake.deleteMany({ where: { workerId: { in: data.map(({ workerId }) => workerId) } } });
        await tx.workerHandshake.createMany({ data });
      });
    },
    remove: async (workerIds) => {
      await transactions.write((client) =>
        client.workerHandshake.deleteMany({ where: { workerId: { in: [...workerIds] } } }),
      );
    },
  };
}

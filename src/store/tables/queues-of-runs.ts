import type { Leases } from '../../core/leases.ts';
import type { Priority } from '../../core/run.ts';

const PRIORITIES: readonly Priority[] = ['CRITICAL', 'INTERACTIVE', 'BATCH'];
/** A run that has waited this long counts as one of the next higher priority. */
const PROMOTE_AFTER_MS = 30_000;

const NEXT_QUEUE = 'SELECT queue FROM runs WHERE queue > $1 ORDER BY queue LIMIT 1';
const COUNT = 'SELECT count(*) AS count FROM (SELECT 1 FROM runs WHERE queue = $1 LIMIT $2) AS counted';
const OLDEST = 'SELECT id FROM runs WHERE queue = $1 AND priority = $2 ORDER BY id LIMIT $3';

/**
 * The queues of parked runs, found by the index of `runs.queue`: the time does not depend on how many wait.
 * @param select reads rows; parameters are written $1, $2 … in the order of the values
 */
export function queuesOfRuns(
  select: <Row extends object>(sql: string, values: readonly unknown[]) => Promise<readonly Row[]>,
): Pick<Leases, 'queues' | 'nextInQueue' | 'countInQueue'> {
  return {
    async queues() {
      const names: string[] = [];
      for (let after = ''; ; ) {
        const [row] = await select<{ readonly queue: string }>(NEXT_QUEUE, [after]);
        if (!row) return names;
        names.push(row.queue);
        after = row.queue;
      }
    },
    async countInQueue(queue, limit) {
      const [row] = await select<{ readonly count: number | bigint | string }>(COUNT, [queue, limit]);
      return Number(row?.count ?? 0);
    },
    async nextInQueue(queue, limit) {
      const now = Date.now();
      const entries = await Promise.all(
        PRIORITIES.map(async (priority, rank) => {
          const rows = await select<{ readonly id: string }>(OLDEST, [queue, priority, limit]);
          return rows.map(({ id }) => ({ id, rank: rank - Math.floor((now - timeOf(id)) / PROMOTE_AFTER_MS) }));
        }),
      );
      const order = entries.flat().toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
      return order.slice(0, limit).map(({ id }) => id);
    },
  };
}

/** When the id was made, in milliseconds since 1970: a UUIDv7 begins with it. */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(id.indexOf('_') + 1, id.indexOf('_') + 13), 16);
}

import type { JobEndings } from '../../core/store-reader.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { createJournalCursor } from './journal-cursor.ts';

interface JobEndingsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly nodeId: string;
}

/** The index of runs of kind JOB that have ended, read from the position in the table `cursors` on. */
export function createJobEndings(deps: JobEndingsDeps): JobEndings {
  const cursor = createJournalCursor(deps, 'job-endings');
  return {
    async next(limit, now, untilMs) {
      const position = await cursor.claim(now, untilMs);
      if (position === undefined) return undefined;
      // With these words, because the index has this condition.
      const rows = await deps.prisma.$queryRaw<{ id: string; tenant: string; position: bigint | number }[]>`
        SELECT id, tenant, head_position AS position FROM runs
        WHERE kind = 'JOB' AND due_at IS NULL AND head_position > ${position} ORDER BY head_position LIMIT ${limit}`;
      return rows.map((row) => ({ runId: row.id, tenant: row.tenant, position: Number(row.position) }));
    },
    done: (newest) => cursor.moveTo(BigInt(newest)),
  };
}

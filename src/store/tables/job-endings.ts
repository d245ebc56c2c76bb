import type { JobEndings } from '../../core/store-reader.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';

/** Its row in `cursors`. */
const NAME = 'job-endings';

interface JobEndingsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly nodeId: string;
}

/** The index of runs of kind JOB that have ended, read from the position in the table `cursors` on. */
export function createJobEndings({ prisma, transactions, nodeId: owner }: JobEndingsDeps): JobEndings {
  /** Until when no other node reads; 0 when this one may not. */
  let heldUntil = 0;
  let position = 0n;

  /** @returns whether this node may read */
  const claim = async (now: Date, untilMs: number): Promise<boolean> => {
    // A write is a commit, so not one for each read.
    if (heldUntil - now.getTime() > untilMs / 2) return true;
    const expiresAt = new Date(now.getTime() + untilMs);
    const isFree = { OR: [{ owner }, { expiresAt: { lt: now } }] };
    const taken = await transactions.write((client) =>
      client.cursor.updateMany({ where: { name: NAME, ...isFree }, data: { owner, expiresAt } }),
    );
    const row = await prisma.cursor.findUnique({ where: { name: NAME } });
    if (!row) await create(expiresAt);
    heldUntil = taken.count === 1 || !row ? expiresAt.getTime() : 0;
    position = row?.position ?? 0n;
    return heldUntil > 0;
  };
  /** @throws if another node was faster */
  const create = (expiresAt: Date) =>
    transactions.write((client) => client.cursor.create({ data: { name: NAME, position: 0n, owner, expiresAt } }));

  return {
    async next(limit, now, untilMs) {
      if (!(await claim(now, untilMs))) return undefined;
      // With these words, because the index has this condition.
      const rows = await prisma.$queryRaw<{ id: string; tenant: string; position: bigint | number }[]>`
        SELECT id, tenant, head_position AS position FROM runs
        WHERE kind = 'JOB' AND due_at IS NULL AND head_position > ${position} ORDER BY head_position LIMIT ${limit}`;
      return rows.map((row) => ({ runId: row.id, tenant: row.tenant, position: Number(row.position) }));
    },
    async done(newest) {
      position = BigInt(newest);
      await transactions.write((client) =>
        client.cursor.updateMany({ where: { name: NAME, owner }, data: { position } }),
      );
    },
  };
}

import type { Prisma, Transactions } from '../connections/transactions.ts';

interface CursorDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly nodeId: string;
}

/** How far a reader of the journal has come that works on one node at a time: a row of `cursors`. */
export interface JournalCursor {
  /** The position; undefined while another node reads. @param untilMs for how long this node reads, in milliseconds from now */
  claim(now: Date, untilMs: number): Promise<bigint | undefined>;
  moveTo(position: bigint): Promise<void>;
}

export function createJournalCursor({ prisma, transactions, nodeId: owner }: CursorDeps, name: string): JournalCursor {
  /** Until when no other node reads; 0 when this one may not. */
  let heldUntil = 0;
  let position = 0n;
  /** @throws if another node was faster */
  const create = (expiresAt: Date) =>
    transactions.write((client) => client.cursor.create({ data: { name, position: 0n, owner, expiresAt } }));

  return {
    async claim(now, untilMs) {
      // A write is a commit, so not one for each read.
      if (heldUntil - now.getTime() > untilMs / 2) return position;
      const expiresAt = new Date(now.getTime() + untilMs);
      const isFree = { OR: [{ owner }, { expiresAt: { lt: now } }] };
      const taken = await transactions.write((client) =>
        client.cursor.updateMany({ where: { name, ...isFree }, data: { owner, expiresAt } }),
      );
      const row = await prisma.cursor.findUnique({ where: { name } });
      if (!row) await create(expiresAt);
      heldUntil = taken.count === 1 || !row ? expiresAt.getTime() : 0;
      position = row?.position ?? 0n;
      return heldUntil > 0 ? position : undefined;
    },
    async moveTo(newest) {
      position = newest;
      await transactions.write((client) => client.cursor.updateMany({ where: { name, owner }, data: { position } }));
    },
  };
}

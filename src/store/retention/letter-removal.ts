import type { Prisma, Transactions } from '../connections/transactions.ts';

/** Letters that one statement removes. */
const STATEMENT_LETTERS = 500;

/** Removes the dead letters that were made before this time. */
export async function removeLetters(
  { prisma, transactions }: { readonly prisma: Prisma; readonly transactions: Transactions },
  before: Date,
): Promise<void> {
  // Not by the time in their ids, which is that of the machine: a clock that was ahead once would keep them.
  const where = { at: { lt: before } };
  for (let count = STATEMENT_LETTERS; count === STATEMENT_LETTERS; ) {
    const rows = await prisma.deadLetter.findMany({ where, take: STATEMENT_LETTERS, select: { id: true } });
    count = rows.length;
    const ids = rows.map(({ id }) => id);
    if (count > 0) await transactions.write((client) => client.deadLetter.deleteMany({ where: { id: { in: ids } } }));
  }
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { createSqliteTransactions, openSqlitePrisma } from './sqlite-prisma.ts';
import type { Prisma, Transactions } from './transactions.ts';

describe('a transaction on SQLite', () => {
  let harness: Awaited<ReturnType<typeof sqliteHarness>>;
  let prisma: Prisma;
  let transactions: Transactions;
  beforeEach(async () => {
    harness = await sqliteHarness();
    await (await harness.open()).close();
    prisma = await openSqlitePrisma(harness.file);
    transactions = createSqliteTransactions(harness.file, prisma);
  });
  afterEach(async () => {
    await transactions.close();
    await prisma.$disconnect();
    await harness.remove();
  });

  const add = (id: string) => (client: Pick<Prisma, 'message'>) =>
    client.message.create({ data: { id, runId: 'run', payload: '{}', createdAt: new Date() } });
  const ids = async () => (await prisma.message.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);

  it('makes other writes wait, without blocking the thread', async () => {
    let meanwhile: Promise<unknown> | undefined;
    await transactions.run(async (tx) => {
      await add('a')(tx);
      meanwhile = transactions.write(add('b'));
      // A statement that waits for SQLite's lock would block the whole thread, and this transaction with it, until it fails.
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await ids()).toEqual([]);
    });
    await meanwhile;
    expect(await ids()).toEqual(['a', 'b']);
  });

  it('leaves nothing behind when it fails, and later ones still run', async () => {
    const failing = transactions.run(async (tx) => {
      await add('a')(tx);
      throw new Error('on purpose');
    });
    const duplicate = transactions.write(add('b')).then(() => transactions.write(add('b')));
    const last = transactions.run((tx) => add('c')(tx));
    await expect(failing).rejects.toThrow('on purpose');
    await expect(duplicate).rejects.toMatchObject({ code: 'P2002' });
    await last;
    expect(await ids()).toEqual(['b', 'c']);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { openSqlitePrisma, type Prisma } from './prisma.ts';
import { createSqliteTransactions, type Transactions } from './transactions.ts';

describe('transactions on SQLite', () => {
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

  it('let the writes that come meanwhile wait, and hold up nothing for them', async () => {
    const began = performance.now();
    let meanwhile: Promise<unknown> | undefined;
    await transactions.run(async (tx) => {
      await add('a')(tx);
      meanwhile = transactions.write(add('b'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await ids()).toEqual([]);
    });
    await meanwhile;
    expect(await ids()).toEqual(['a', 'b']);
    // A statement that waits in the way of SQLite does so for five seconds, and the whole thread with it.
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it('that fail leave nothing, and those that come after them are done', async () => {
    const failing = transactions.run(async (tx) => {
      await add('a')(tx);
      throw new Error('on purpose');
    });
    const taken = transactions.write(add('b')).then(() => transactions.write(add('b')));
    const last = transactions.run((tx) => add('c')(tx));
    await expect(failing).rejects.toThrow('on purpose');
    await expect(taken).rejects.toMatchObject({ code: 'P2002' });
    await last;
    expect(await ids()).toEqual(['b', 'c']);
  });
});

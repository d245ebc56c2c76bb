import type { QuotaTable } from '../../core/accounts/accounts.ts';
import type { Memories } from '../../core/agent-stores.ts';
import type { User } from '../../core/principal.ts';
import type { Prisma, Transaction, Transactions } from '../connections/transactions.ts';
import { changeQuotas } from './quota-usage.ts';

/** Entries of one query. */
const PAGE_ROWS = 50;
/** Entries that one transaction removes. */
const REMOVAL_ROWS = 500;

const SEPARATOR = '\n';

interface MemoryPage {
  readonly tenant: string;
  readonly name: string;
  readonly subject?: string;
  readonly id: { readonly gt: string };
}

interface MemoriesDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly quotas: QuotaTable;
}

/** The table `memories`. */
export function createMemories({ prisma, transactions, quotas: limits }: MemoriesDeps): Memories {
  /** The entries, newest first, read page by page. */
  async function* newestFirst(tenant: string, name: string) {
    for (let last: { readonly at: Date; readonly id: string } | undefined; ; ) {
      const older = last && { OR: [{ at: { lt: last.at } }, { at: last.at, id: { lt: last.id } }] };
      const rows = await prisma.memory.findMany({
        where: { tenant, name, ...older },
        orderBy: [{ at: 'desc' }, { id: 'desc' }],
        take: PAGE_ROWS,
      });
      yield* rows;
      last = rows.at(-1);
      if (rows.length < PAGE_ROWS) return;
    }
  }

  const removePage = async (tx: Transaction, where: MemoryPage): Promise<readonly string[]> => {
    const rows = await tx.memory.findMany({ where, orderBy: { id: 'asc' }, take: REMOVAL_ROWS });
    const ids = rows.map(({ id }) => id);
    await tx.memory.deleteMany({ where: { ...where, id: { in: ids } } });
    for (const subject of new Set(rows.map((row) => row.subject))) {
      const own = rows.filter((row) => row.subject === subject);
      const bytes = own.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
      const amounts = { memoryEntries: -own.length, memoryBytes: -bytes };
      const who = { tenant: where.tenant, subject, username: subject, roles: [] };
      await changeQuotas(tx, { who, amounts, limits, at: new Date() });
    }
    return ids;
  };

  return {
    read: async (tenant, name, maxBytes) => {
      const texts: string[] = [];
      const authors = new Map<string, User>();
      let left = maxBytes;
      for await (const row of newestFirst(tenant, name)) {
        const text = JSON.parse(row.text) as string;
        left -= Buffer.byteLength(text) + (texts.length > 0 ? SEPARATOR.length : 0);
        if (left < 0) break;
        texts.unshift(text);
        for (const author of JSON.parse(row.authors ?? '[]') as readonly User[])
          authors.set(JSON.stringify(author), author);
      }
      return { text: texts.join(SEPARATOR), authors: [...authors.values()] };
    },
    append: async ({ authors = [], ...who }, name, { id, text, at, runId }) => {
      try {
        const data = {
          ...{ tenant: who.tenant, name, id, text: JSON.stringify(text), at, runId, subject: who.subject },
          authors: JSON.stringify([who, ...authors]),
        };
        const amounts = { memoryEntries: 1, memoryBytes: Buffer.byteLength(data.text) };
        await transactions.run(async (tx) => {
          await tx.memory.create({ data });
          await changeQuotas(tx, { who, amounts, limits, at });
        });
      } catch (error) {
        // The entry exists already.
        if ((error as { code?: unknown }).code !== 'P2002') throw error;
      }
    },
    remove: async (who, name, ofAll) => {
      const { tenant, subject } = who;
      const where = { tenant, name, ...(!ofAll && { subject }) };
      for (let [removed, last] = [0, '']; ; ) {
        const ids = await transactions.run((tx) => removePage(tx, { ...where, id: { gt: last } }));
        removed += ids.length;
        if (ids.length < REMOVAL_ROWS) return removed;
        last = ids.at(-1) ?? last;
      }
    },
  };
}

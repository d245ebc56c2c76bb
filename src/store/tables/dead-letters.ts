import { newId } from '../../core/ids.ts';
import type { Scope } from '../../core/principal.ts';
import { type DeadLetter, type DeadLetters, MAX_DEAD_LETTERS } from '../../core/store-reader.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { COUNTED_ENTRIES, idInRange, paginate, toTotalCount } from './paginate.ts';

/** How often letters over the limit are removed: after so many of this process. */
const TRIM_INTERVAL = 100;

interface DeadLettersDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
}

/** The table `dead_letters`. */
export function createDeadLetters({ prisma, transactions }: DeadLettersDeps): DeadLetters {
  let added = 0;
  const trim = async (tenant: string): Promise<void> => {
    const newestFirst = { where: { tenant }, orderBy: { id: 'desc' }, select: { id: true } } as const;
    const [last] = await prisma.deadLetter.findMany({ ...newestFirst, skip: MAX_DEAD_LETTERS, take: 1 });
    if (!last) return;
    await transactions.write((client) => client.deadLetter.deleteMany({ where: { tenant, id: { lte: last.id } } }));
  };
  return {
    async add({ request, runId, ...letter }) {
      const data = {
        ...{ ...letter, id: newId('dead'), runId: runId ?? null },
        request: request === undefined ? null : JSON.stringify(request),
      };
      try {
        await transactions.write((client) => client.deadLetter.create({ data }));
      } catch (error) {
        // There is one of this source.
        if ((error as { code?: unknown }).code !== 'P2002') throw error;
      }
      added += 1;
      if (added % TRIM_INTERVAL === 1) await trim(letter.tenant);
    },
    async find(scope, id) {
      const row = await prisma.deadLetter.findFirst({ where: { id, ...inScope(scope) } });
      return row ? toDeadLetter(row) : undefined;
    },
    list(scope, filter, page) {
      const where = { ...inScope(scope), ...filter };
      return paginate(
        {
          prefix: 'dead',
          newestFirst: true,
          find: async (range, direction, take) => {
            const rows = await prisma.deadLetter.findMany({
              where: { AND: [where, idInRange(range)] },
              orderBy: { id: direction },
              take,
            });
            return { entries: rows.map(toDeadLetter) };
          },
          count: async () => toTotalCount(await prisma.deadLetter.count({ where, take: COUNTED_ENTRIES })),
        },
        page,
      );
    },
  };
}

function inScope({ tenant, subject }: Scope): { tenant: string; subject?: string } {
  return { tenant, ...(subject !== undefined && { subject }) };
}

interface DeadLetterRow extends Omit<DeadLetter, 'runId' | 'request'> {
  readonly runId: string | null;
  readonly request: string | null;
}

function toDeadLetter({ runId, request, ...row }: DeadLetterRow): DeadLetter {
  return {
    ...row,
    ...(runId !== null && { runId }),
    ...(request !== null && { request: JSON.parse(request) as JsonObject }),
  };
}

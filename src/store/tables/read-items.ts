import { setImmediate } from 'node:timers/promises';
import type { StepRecord } from '../../core/run.ts';
import type { StepState } from '../../core/states.ts';
import type { Page, PageArgs, StepCounts } from '../../core/store-reader.ts';
import type { Prisma } from '../connections/transactions.ts';
import type { StepWhereInput } from '../generated/sqlite/models.ts';
import { toStepRecord } from '../rows/step-row.ts';
import { type Found, paginate, toTotalCount } from './paginate.ts';

/** Keys that one statement looks up, and one page at most. */
const SEARCHED_AT_ONCE = 500;
const MAX_SEARCHED = 20 * SEARCHED_AT_ONCE;

interface ReadItemsDeps {
  readonly prisma: Prisma;
  countByState(): Promise<StepCounts>;
}

/**
 * A page of the items of one step, by index, because ids of one moment have no order. Items have the keys `PARENT[0]`, `PARENT[1]`, and so on without a
 * gap, so a page is looked up by its keys, however many items there are. Those in some states are searched for among so many keys that the
 * page may end early.
 */
export function readItems(
  { prisma, countByState }: ReadItemsDeps,
  where: StepWhereInput & { readonly parent: string },
  page: PageArgs,
  states?: readonly StepState[],
): Promise<Page<StepRecord>> {
  const keyOf = (index: number) => `${where.parent}[${index}]`;
  const exists = async (index: number) =>
    (await prisma.step.findFirst({ where: { ...where, key: keyOf(index) }, select: { id: true } })) !== null;

  /** Looks up keys at growing distances, then halves the last one. */
  const count = async (): Promise<number> => {
    let [least, most] = [0, 1];
    while (await exists(most - 1)) [least, most] = [most, most * 2];
    while (most - least > 1) {
      const middle = Math.floor((least + most) / 2);
      if (await exists(middle - 1)) least = middle;
      else most = middle;
    }
    return least;
  };
  /** Nothing comes after an unknown id. */
  const indexOf = async (id: string) =>
    (await prisma.step.findFirst({ where: { ...where, id } }))?.index ?? Number.POSITIVE_INFINITY;

  const search = async (
    { start, end }: { start: number; end: number },
    direction: 'asc' | 'desc',
    take: number,
    wanted: readonly StepState[],
  ): Promise<Found<StepRecord>> => {
    const entries: StepRecord[] = [];
    for (let looked = 0; looked < MAX_SEARCHED && start < end && entries.length < take; looked += SEARCHED_AT_ONCE) {
      const from = direction === 'asc' ? start : Math.max(start, end - SEARCHED_AT_ONCE);
      const to = Math.min(end, from + SEARCHED_AT_ONCE);
      const keys = Array.from({ length: to - from }, (_, n) => keyOf(from + n));
      const rows = await prisma.step.findMany({
        where: { ...where, key: { in: keys }, state: { in: [...wanted] } },
        orderBy: { index: direction },
        take: take - entries.length,
      });
      entries.push(...rows.map(toStepRecord));
      if (direction === 'asc') start = to;
      else end = from;
      await setImmediate();
    }
    if (start >= end || entries.length === take) return { entries };
    const edge = await prisma.step.findFirst({
      where: { ...where, key: keyOf(direction === 'asc' ? start - 1 : end) },
    });
    return edge ? { entries, searchedTo: edge.id } : { entries };
  };

  return paginate(
    {
      prefix: 'step',
      newestFirst: false,
      find: async ({ above, below }, direction, take) => {
        const first = above === undefined ? 0 : (await indexOf(above)) + 1;
        const end = below === undefined ? Number.POSITIVE_INFINITY : await indexOf(below);
        const bound = direction === 'desc' ? Math.min(end, await count()) : end;
        const start = direction === 'desc' ? Math.max(first, bound - take) : first;
        const size = Math.max(0, Math.min(take, bound - start));
        if (!Number.isFinite(start)) return { entries: [] };
        if (states) return search({ start: first, end: Math.min(end, await count()) }, direction, take, states);
        const keys = Array.from({ length: size }, (_, n) => keyOf(start + n));
        const rows = await prisma.step.findMany({
          where: { ...where, key: { in: keys } },
          orderBy: { index: direction },
        });
        return { entries: rows.map(toStepRecord) };
      },
      count: async () => {
        // Cheap, however many they are.
        if (!states) return { count: await count(), isExact: true };
        const counts = await countByState();
        return toTotalCount(new Set(states).values().reduce((sum, state) => sum + (counts.get(state) ?? 0), 0));
      },
    },
    page,
  );
}

import type { StepRecord } from '../../core/run.ts';
import type { Page, PageArgs } from '../../core/store-reader.ts';
import type { Prisma } from '../connections/transactions.ts';
import type { StepWhereInput } from '../generated/sqlite/models.ts';
import { toStepRecord } from '../rows/step-row.ts';
import { paginate } from './paginate.ts';

/**
 * A page of the items of one step, by index, because ids of one moment have no order. Items have the keys `PARENT[0]`, `PARENT[1]`, and so on without a
 * gap, so a page is looked up by its keys, however many items there are.
 */
export function readItems(
  prisma: Prisma,
  where: StepWhereInput & { readonly parent: string },
  page: PageArgs,
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
        const keys = Array.from({ length: size }, (_, n) => keyOf(start + n));
        const rows = await prisma.step.findMany({
          where: { ...where, key: { in: keys } },
          orderBy: { index: direction },
        });
        return { entries: rows.map(toStepRecord) };
      },
      // Cheap, however many they are.
      count: async () => ({ count: await count(), isExact: true }),
    },
    page,
  );
}

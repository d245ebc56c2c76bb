import { setImmediate } from 'node:timers/promises';
import { Fault } from '../../core/errors.ts';
import type { Scope } from '../../core/principal.ts';
import type { RunRecord } from '../../core/run.ts';
import type { RunFilter } from '../../core/store-reader.ts';
import { canonicalJson } from '../../lib/json.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma } from '../connections/transactions.ts';
import type { RunWhereInput } from '../generated/sqlite/models.ts';
import { toRunRecord } from '../rows/run-row.ts';
import { type IdRange, idInRange } from './paginate.ts';

/** Maximum runs that one query scans if no index answers the filter: a few milliseconds of the event loop. */
const MAX_WINDOW_RUNS = 2_000;

const MAX_SEARCH_CHARACTERS = 256;
const MAX_LABEL_FILTERS = 16;

interface RunFinderDeps {
  readonly prisma: Prisma;
  readonly kind: DatabaseConfig['kind'];
}

interface RunFinder {
  find(range: IdRange, direction: 'asc' | 'desc', count: number): Promise<readonly RunRecord[]>;
  count(): Promise<number>;
}

/** Finds the runs that a scope covers and a filter matches. @throws Fault BAD_INPUT for a filter that exceeds a limit */
export function createRunFinder({ prisma, kind }: RunFinderDeps, scope: Scope, filter: RunFilter): RunFinder {
  const { state, ...rest } = filter;
  const covered: RunWhereInput = { ...runsInScope(scope), ...(state && { state: { in: [...state] } }) };
  const conditions = filterConditions(rest, kind);

  /** The whole range if an index finds its runs, otherwise windows of it, with a pause after each. */
  const windows = async function* (range: IdRange, direction: 'asc' | 'desc') {
    let left: RunWhereInput = idInRange(range);
    for (let more = conditions.length > 0; more; ) {
      const where = { AND: [covered, left] };
      const edge = await prisma.run.findFirst({
        where,
        orderBy: { id: direction },
        skip: MAX_WINDOW_RUNS - 1,
        select: { id: true },
      });
      more = edge !== null;
      if (edge) {
        yield { AND: [left, { id: direction === 'asc' ? { lte: edge.id } : { gte: edge.id } }] };
        left = { AND: [left, { id: direction === 'asc' ? { gt: edge.id } : { lt: edge.id } }] };
        await setImmediate();
      }
    }
    yield left;
  };

  return {
    find: async (range, direction, count) => {
      const runs: RunRecord[] = [];
      for await (const window of windows(range, direction)) {
        const rows = await prisma.run.findMany({
          where: { AND: [covered, window, ...conditions] },
          orderBy: { id: direction },
          take: count - runs.length,
        });
        runs.push(...rows.map(toRunRecord));
        if (runs.length >= count) break;
      }
      return runs;
    },
    count: async () => {
      let total = 0;
      for await (const window of windows({}, 'asc')) {
        total += await prisma.run.count({ where: { AND: [covered, window, ...conditions] } });
      }
      return total;
    },
  };
}

export function runsInScope({ tenant, subject }: Scope): RunWhereInput {
  return { tenant, ...(subject !== undefined && { subject }) };
}

/** The conditions that no index answers. */
function filterConditions(filter: Omit<RunFilter, 'state'>, database: DatabaseConfig['kind']): RunWhereInput[] {
  const { kind, workflow, principal, label = {}, createdAfter, createdBefore, text } = filter;
  const labels = Object.entries(label);
  if (labels.length > MAX_LABEL_FILTERS) {
    throw new Fault('BAD_INPUT', `Filter by at most ${MAX_LABEL_FILTERS} labels.`, { path: ['filter', 'label'] });
  }
  if (text !== undefined && text.length > MAX_SEARCH_CHARACTERS) {
    throw new Fault('BAD_INPUT', `Search for at most ${MAX_SEARCH_CHARACTERS} characters.`, {
      path: ['filter', 'text'],
    });
  }
  // Prisma generates LIKE, in which `_` matches any character. SQLite's LIKE ignores case by default.
  const match = (contains: string): { contains: string } =>
    database === 'sqlite' ? { contains } : ({ contains, mode: 'insensitive' } as { contains: string });
  return [
    kind && { kind: { in: [...kind] } },
    workflow !== undefined && { workflow },
    principal !== undefined && { OR: [{ subject: principal }, { username: principal }] },
    ...labels.map(([key, value]) => ({ labelRows: { some: { key, value: canonicalJson(value) } } })),
    createdAfter && { createdAt: { gt: createdAfter } },
    createdBefore && { createdAt: { lt: createdBefore } },
    text !== undefined && {
      OR: [
        { goal: match(text) },
        { workflow: match(text) },
        { id: match(text) },
        { steps: { some: { capability: match(text) } } },
      ],
    },
  ].filter((condition) => typeof condition === 'object');
}

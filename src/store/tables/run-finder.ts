import { setImmediate } from 'node:timers/promises';
import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { Scope } from '../../core/principal.ts';
import type { RunRecord } from '../../core/run.ts';
import type { RunFilter, TotalCount } from '../../core/store-reader.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma } from '../connections/transactions.ts';
import { toRunRecord } from '../rows/run-row.ts';
import { plainParts, searchWords } from '../search/search-words.ts';
import { findTextCandidates } from '../search/text-candidates.ts';
import { jsonList } from '../search/text-index.ts';
import { COUNTED_ENTRIES, type Found, type IdRange, toTotalCount } from './paginate.ts';
import { allOf, type RunCondition, runConditions } from './run-conditions.ts';

/** Entries of an index that one statement reads: a few milliseconds of the event loop. */
const MAX_WINDOW_RUNS = 2_000;

/** Windows that one page, or one count, looks through; then it ends, even if it is not full. */
const MAX_WINDOWS = 20;

/** A text that is found often fills a page from so many windows. For another one the text index is asked, at some cost. */
const WINDOWS_BEFORE_INDEX = 1;

/** Runs that may contain a text: so many are compared for one page, or one count. */
const MAX_CANDIDATES = 4_000;
/** If so many runs match, a page is filled from a few windows. */
const FREQUENT_PER_THOUSAND = 5;

/** Windows through which a count of newer runs looks: it is repeated every second. */
const MAX_WINDOWS_OF_NEWER = 5;

type Direction = 'asc' | 'desc';

export interface RunFinderDeps {
  readonly prisma: Pick<Prisma, 'run' | 'searchSegment'>;
  query<Row>(statement: Sql): Promise<Row[]>;
  readonly kind: DatabaseConfig['kind'];
}

type CandidateLimits = Pick<Parameters<typeof findTextCandidates>[0], 'most' | 'frequentPerThousand'>;

interface RunFinder {
  find(range: IdRange, direction: Direction, count: number): Promise<Found<RunRecord>>;
  count(): Promise<TotalCount>;
  /** Matches with a greater id, up to a limit, as far as a few windows show. */
  countAbove(id: string, limit: number): Promise<number>;
  /**
   * What the columns say of all matches, in parts: a row of each window, or of more.
   * @param columns aggregates of the row `r` of `runs`
   * @param most matches of the rarest condition; then it ends with false
   */
  aggregate<Row>(columns: Sql, most: number): AsyncGenerator<Row, boolean>;
}

/** A window of the index that has the fewest entries there: the others are conditions on its entries. */
interface Window {
  readonly ids: Sql;
  readonly others: readonly RunCondition[];
  /** Its last id, if something may follow it. */
  readonly edge: string | undefined;
}

/**
 * Finds the runs that a scope covers and a filter matches. Each window is taken from the index whose next entries reach
 * furthest, so a search costs what its rarest condition costs, and every statement has the same size wherever it is. A text
 * that few runs contain is found by the text index.
 * @throws Fault BAD_INPUT for a filter that exceeds a limit
 */
export function createRunFinder({ prisma, query, kind }: RunFinderDeps, scope: Scope, filter: RunFilter): RunFinder {
  const { above, below, conditions, covered } = runConditions(scope, filter, kind);
  const indexed = conditions.filter(({ lists }) => lists !== undefined);
  const drivers: readonly RunCondition[] = indexed.length > 0 ? indexed : [{ where: sql`1 = 1`, lists: covered }];
  // Each list of runs names the tenant.
  const othersThan = (driver: RunCondition) => conditions.filter((each) => each !== driver);
  const isOneList = conditions.length === indexed.length && indexed.length <= 1 && !indexed[0]?.within;

  const probe = async (driver: RunCondition, range: Required<IdRange>, direction: Direction): Promise<Window> => {
    const { lists = [], within: inList } = driver;
    const listed = firstIds(lists, range, direction, MAX_WINDOW_RUNS, inList && sql`id, ${inList.columns}`);
    const ids = inList ? sql`SELECT id FROM (${listed}) AS listed WHERE ${inList.where}` : listed;
    const last = raw(direction === 'asc' ? 'max' : 'min');
    const [row] = await query<{ edge: string | null; size: bigint }>(
      sql`SELECT ${last}(id) AS edge, count(*) AS size FROM (${listed}) AS listed`,
    );
    const size = Number(row?.size ?? 0);
    const edge = size === MAX_WINDOW_RUNS ? (row?.edge ?? undefined) : undefined;
    return { ids, others: othersThan(driver), edge };
  };

  const nextWindow = async (range: Required<IdRange>, direction: Direction): Promise<Window> => {
    let best: Window | undefined;
    for (const driver of drivers) {
      const window = await probe(driver, range, direction);
      if (window.edge === undefined) return window;
      const isFurther = !best?.edge || (direction === 'asc' ? window.edge > best.edge : window.edge < best.edge);
      if (isFurther) best = window;
    }
    return best as Window;
  };

  const within = (range: IdRange) => ({ above: later(above, range.above), below: earlier(below, range.below) });

  async function* windows(start: IdRange, direction: Direction): AsyncGenerator<Window> {
    const range = within(start);
    for (;;) {
      const window = await nextWindow(range, direction);
      yield window;
      if (window.edge === undefined) return;
      range[direction === 'asc' ? 'above' : 'below'] = window.edge;
      await setImmediate();
    }
  }

  // Each run is looked up by its id: a planner that joined otherwise would read runs outside the window.
  const runOfId =
    kind === 'sqlite'
      ? sql`CROSS JOIN runs r ON r.id = ids.id`
      : sql`CROSS JOIN LATERAL (SELECT * FROM runs WHERE runs.id = ids.id OFFSET 0) AS r`;
  const matches = ({ ids, others }: Window) => sql`FROM (${ids}) AS ids ${runOfId} ${allOf(others)}`;

  /** All runs of the range that may match, by the text index, if there are not too many. */
  const textCandidates = async (
    range: Required<IdRange>,
    limits: CandidateLimits,
  ): Promise<readonly string[] | undefined> => {
    const { text, words } = filter;
    const candidates = (search: { parts: readonly string[]; idPart?: string }) =>
      findTextCandidates({ prisma, query, kind, tenant: scope.tenant, ...limits, ...search }, range);
    return (
      (words === undefined ? undefined : await candidates({ parts: searchWords(words).flatMap(plainParts) })) ??
      (text === undefined ? undefined : await candidates({ parts: [text], idPart: text }))
    );
  };

  /** The conditions include the text itself. */
  const windowOf = (ids: readonly string[]): Window => ({
    ids: sql`SELECT value AS id FROM (${jsonList(kind, ids)}) AS texts`,
    others: [{ where: sql`r.tenant = ${scope.tenant}` }, ...conditions],
    edge: undefined,
  });

  const textWindow = async (
    range: Required<IdRange>,
    limits: CandidateLimits = { most: MAX_CANDIDATES },
  ): Promise<Window | undefined> => {
    const ids = await textCandidates(range, limits);
    return ids && windowOf(ids);
  };

  async function* windowsOf(ids: readonly string[]): AsyncGenerator<Window> {
    for (let at = 0; at < ids.length; at += MAX_WINDOW_RUNS) {
      yield windowOf(ids.slice(at, at + MAX_WINDOW_RUNS));
      await setImmediate();
    }
  }

  const readWindow = (window: Window, direction: Direction, count: number) =>
    query<{ id: string }>(
      sql`SELECT r.id ${matches(window)} ORDER BY r.id ${raw(direction)} LIMIT ${raw(String(count))}`,
    );

  const countOf = async (ids: Sql) => {
    const [row] = await query<{ n: bigint }>(sql`SELECT count(*) AS n FROM (${ids}) AS matches`);
    return Number(row?.n ?? 0);
  };

  return {
    find: async (range, direction, count) => {
      if (isOneList) {
        const rows = await query<{ id: string }>(firstIds(drivers[0]?.lists ?? [], within(range), direction, count));
        return { entries: await readRuns(prisma, rows, direction) };
      }
      const found: { readonly id: string }[] = [];
      let read = 0;
      let edge: string | undefined;
      for await (const window of windows(range, direction)) {
        found.push(...(await readWindow(window, direction, count - found.length)));
        read += 1;
        edge = window.edge;
        if (found.length >= count || read === MAX_WINDOWS) break;
        if (edge === undefined || read !== WINDOWS_BEFORE_INDEX) continue;
        const rest = await textWindow(within({ ...range, [direction === 'asc' ? 'above' : 'below']: edge }), {
          most: MAX_CANDIDATES,
          frequentPerThousand: FREQUENT_PER_THOUSAND,
        });
        if (!rest) continue;
        found.push(...(await readWindow(rest, direction, count - found.length)));
        edge = undefined;
        break;
      }
      const entries = await readRuns(prisma, found, direction);
      return found.length < count && edge !== undefined ? { entries, searchedTo: edge } : { entries };
    },
    count: async () => {
      if (isOneList) {
        return toTotalCount(await countOf(firstIds(drivers[0]?.lists ?? [], within({}), 'desc', COUNTED_ENTRIES)));
      }
      const all = await textWindow(within({}));
      if (all) return toTotalCount(await countOf(sql`SELECT r.id ${matches(all)}`));
      let total = 0;
      let read = 0;
      for await (const window of windows({}, 'desc')) {
        total += await countOf(sql`SELECT r.id ${matches(window)}`);
        read += 1;
        if (total >= COUNTED_ENTRIES || read === MAX_WINDOWS) return toTotalCount(total, window.edge === undefined);
      }
      return toTotalCount(total);
    },
    countAbove: async (id, limit) => {
      if (isOneList) return countOf(firstIds(drivers[0]?.lists ?? [], within({ above: id }), 'asc', limit));
      let total = 0;
      let read = 0;
      for await (const window of windows({ above: id }, 'asc')) {
        total += await countOf(sql`SELECT r.id ${matches(window)} LIMIT ${raw(String(limit - total))}`);
        read += 1;
        if (total >= limit || read === MAX_WINDOWS_OF_NEWER) break;
      }
      return total;
    },
    aggregate: async function* <Row>(columns: Sql, most: number) {
      const candidates = await textCandidates(within({}), { most });
      let looked = 0;
      for await (const window of candidates ? windowsOf(candidates) : windows({}, 'asc')) {
        if (looked >= most) return false;
        looked += MAX_WINDOW_RUNS;
        yield* await query<Row>(sql`SELECT ${columns} ${matches(window)}`);
      }
      return true;
    },
  };
}

/** The rows of a run say whose it is, as the run does. */
export function runsInScope({ tenant, subject }: Scope) {
  return { tenant, ...(subject !== undefined && { subject }) };
}

async function readRuns({ run }: Pick<Prisma, 'run'>, found: readonly { readonly id: string }[], direction: Direction) {
  const rows = await run.findMany({ where: { id: { in: found.map(({ id }) => id) } }, orderBy: { id: direction } });
  return rows.map(toRunRecord);
}

/** The first ids of the lists in the range, which have none in common. */
function firstIds(
  lists: readonly Sql[],
  range: Required<IdRange>,
  direction: Direction,
  count: number,
  columns = sql`id`,
): Sql {
  const { above, below } = range;
  if (lists.length === 0) return sql`SELECT id FROM runs WHERE 1 = 0`;
  const order = sql`ORDER BY id ${raw(direction)} LIMIT ${raw(String(count))}`;
  const parts = lists.map(
    (list) => sql`SELECT ${columns} FROM (${list} AND id > ${above} AND id < ${below} ${order}) AS part`,
  );
  return parts.length === 1
    ? (parts[0] as Sql)
    : sql`SELECT ${columns} FROM (${join(parts, ' UNION ALL ')}) AS parts ${order}`;
}

function later(a: string, b = a): string {
  return a > b ? a : b;
}

function earlier(a: string, b = a): string {
  return a < b ? a : b;
}

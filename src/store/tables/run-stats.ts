import { setImmediate } from 'node:timers/promises';
import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { Fault } from '../../core/errors.ts';
import type { Scope } from '../../core/principal.ts';
import { RUN_STATES, type RunState } from '../../core/states.ts';
import type { BucketedRange, RunFilter, RunStats } from '../../core/store-reader.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import { createDurationCounts } from './duration-counts.ts';
import { allOf, runConditions } from './run-conditions.ts';
import { createRunFinder, type RunFinderDeps } from './run-finder.ts';

const MAX_BUCKETS = 300;

/** Entries of the index that one statement reads: a few milliseconds of the event loop. */
const ENTRIES_PER_READ = 5_000;

/** How many runs are looked at: in the index of states, one by one in their rows, and in their texts. */
const MAX_ENTRIES = 5_000_000;
const MAX_ROWS = 1_000_000;
const MAX_TEXTS = 200_000;

/** What the index of states answers without the rows of the runs. */
const INDEXED_CONDITIONS: ReadonlySet<string> = new Set<keyof RunFilter>([
  ...(['state', 'roots', 'longerThanMs', 'createdAfter', 'createdBefore'] as const),
]);

/** Some of the runs: JSON lists of the buckets that they are in, of their states, and of their durations, null for one that has not ended. */
interface RunsRow {
  readonly buckets: string | null;
  readonly states: string | null;
  readonly durations: string | null;
}

/**
 * Counts the runs that match. Without a condition that needs their rows, one index has all there is to know; it is read state by state, some
 * thousand entries at a time.
 */
export async function readRunStats(
  deps: RunFinderDeps,
  scope: Scope,
  filter: RunFilter,
  range: BucketedRange,
): Promise<RunStats> {
  const counted = countRuns(range);
  const inRange = narrowed(filter, range);
  const isIndexed = scope.subject === undefined && Object.keys(inRange).every((name) => INDEXED_CONDITIONS.has(name));
  const isComplete = await (isIndexed ? countEntries : countRows)(deps, scope, inRange, {
    columns: columnsOf(deps.kind, range),
    add: counted.add,
  });
  if (isComplete) return counted.result();
  const message = `runStats looks at ${MAX_ROWS} runs at most, or ${MAX_TEXTS} texts. Ask for a shorter time, or set a condition that fewer runs match.`;
  throw new Fault('TOO_COSTLY', message, { path: ['from'] });
}

interface Counting {
  /** The lists of a RunsRow that need no row. @param matching which runs count: a FILTER clause */
  columns(matching: Sql): Sql;
  add(row: RunsRow, state?: RunState): void;
}

/** @returns whether all runs were looked at */
async function countEntries(
  { query, kind }: RunFinderDeps,
  scope: Scope,
  filter: RunFilter,
  { columns, add }: Counting,
): Promise<boolean> {
  const { above, below, conditions } = runConditions(scope, filter, kind);
  const matching = sql`FILTER (${allOf(conditions)})`;
  let looked = 0;
  for (const state of new Set(filter.state ?? RUN_STATES)) {
    for (let after: string | null = above; after !== null; ) {
      if (looked >= MAX_ENTRIES) return false;
      const [row]: (RunsRow & { edge: string | null; size: number | bigint })[] = await query(sql`
        SELECT ${columns(matching)}, NULL AS states, max(id) AS edge, count(*) AS size FROM (
          SELECT id, state, parent_id, created_at, started_at, finished_at FROM runs
          WHERE state = ${state} AND tenant = ${scope.tenant} AND id > ${after} AND id < ${below}
          ORDER BY id LIMIT ${raw(String(ENTRIES_PER_READ))}) AS r`);
      if (!row) break;
      add(row, state);
      looked += Number(row.size);
      after = Number(row.size) === ENTRIES_PER_READ ? row.edge : null;
      await setImmediate();
    }
  }
  return true;
}

/** @returns whether all runs were looked at */
async function countRows(
  deps: RunFinderDeps,
  scope: Scope,
  filter: RunFilter,
  { columns, add }: Counting,
): Promise<boolean> {
  const hasText = filter.text !== undefined || filter.words !== undefined;
  const states = deps.kind === 'sqlite' ? sql`json_group_array(r.state)` : sql`json_agg(r.state)::text`;
  const rows = createRunFinder(deps, scope, filter).aggregate<RunsRow>(
    sql`${columns(sql``)}, ${states} AS states`,
    hasText ? MAX_TEXTS : MAX_ROWS,
  );
  for (;;) {
    const { done, value } = await rows.next();
    if (done) return value;
    add(value);
  }
}

function columnsOf(kind: DatabaseConfig['kind'], { from, to, buckets }: BucketedRange): Counting['columns'] {
  const numbers = [from.getTime(), buckets, to.getTime() - from.getTime()].map((number) => raw(String(number)));
  const [begin, count, length] = numbers as [Sql, Sql, Sql];
  const ms = (time: Sql) => sql`round(date_part('epoch', ${time}) * 1000)::bigint`;
  const [bucket, duration] =
    kind === 'sqlite'
      ? [sql`(r.created_at - ${begin}) * ${count} / ${length}`, sql`r.finished_at - r.started_at`]
      : [sql`(${ms(sql`r.created_at`)} - ${begin}) * ${count} / ${length}`, ms(sql`r.finished_at - r.started_at`)];
  return (matching) =>
    kind === 'sqlite'
      ? sql`json_group_array(${bucket}) ${matching} AS buckets, json_group_array(${duration}) ${matching} AS durations`
      : sql`(json_agg(${bucket}) ${matching})::text AS buckets, (json_agg(${duration}) ${matching})::text AS durations`;
}

/** @throws Fault BAD_INPUT */
function countRuns({ from, to, buckets }: BucketedRange): { add: Counting['add']; result(): RunStats } {
  const [begin, length] = [from.getTime(), to.getTime() - from.getTime()];
  if (!(length > 0)) throw new Fault('BAD_INPUT', 'from must be before to.', { path: ['from'] });
  if (!Number.isSafeInteger(buckets) || buckets < 1 || buckets > MAX_BUCKETS) {
    throw new Fault('BAD_INPUT', `Ask for 1 to ${MAX_BUCKETS} buckets; received ${buckets}.`, { path: ['buckets'] });
  }
  const parts = Array.from({ length: buckets }, () => new Map<RunState, number>());
  const durations = createDurationCounts();
  return {
    add: (row, state) => {
      const states: readonly RunState[] = JSON.parse(row.states ?? '[]');
      for (const [n, bucket] of (JSON.parse(row.buckets ?? '[]') as number[]).entries()) {
        addCount(parts[bucket], state ?? (states[n] as RunState), 1);
      }
      for (const ms of JSON.parse(row.durations ?? '[]') as (number | null)[]) if (ms !== null) durations.add(ms);
    },
    result: () => {
      const byState = new Map<RunState, number>();
      for (const part of parts) for (const [state, count] of part) addCount(byState, state, count);
      const [p50Ms, p95Ms] = [durations.quantile(0.5), durations.quantile(0.95)];
      return {
        total: [...byState.values()].reduce((sum, count) => sum + count, 0),
        byState,
        buckets: parts.map((part, n) => ({ at: new Date(begin + Math.ceil((n * length) / buckets)), byState: part })),
        ...(p50Ms !== undefined && p95Ms !== undefined && { p50Ms, p95Ms }),
      };
    },
  };
}

function addCount(counts: Map<RunState, number> | undefined, state: RunState, count: number): void {
  counts?.set(state, (counts.get(state) ?? 0) + count);
}

/** The filter, for the runs of the range only. */
function narrowed(filter: RunFilter, { from, to }: BucketedRange): RunFilter {
  const before = new Date(from.getTime() - 1);
  const { createdAfter = before, createdBefore = to } = filter;
  return {
    ...filter,
    createdAfter: createdAfter > before ? createdAfter : before,
    createdBefore: createdBefore < to ? createdBefore : to,
  };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../src/core/errors.ts';
import type { Event, EventPayloads, NewEvent } from '../../../../src/core/event.ts';
import { newId } from '../../../../src/core/ids.ts';
import type { Scope } from '../../../../src/core/principal.ts';
import { RUN_STATES, type RunState } from '../../../../src/core/states.ts';
import type { PageArgs, RunFilter, RunStats } from '../../../../src/core/store-reader.ts';
import type { Store } from '../../../../src/store/open-store.ts';
import { type StoreHarness, useStore } from '../harness.ts';
import { runCreated, user } from '../sample-events.ts';
import { isMatch, recomputeRuns, recomputeStats } from './recomputed-runs.ts';

const DAY_MS = 86_400_000;
/** More than the text index takes at once. */
const MANY_RUNS = 1_700;

const WORDS = ['Lamp', 'lamp', 'Größe', 'größe', 'GRÖßE', '100%', 'a_b', '"x"', 'c:\\d', '7', 'nightly', 'too late'];
const CODES: readonly ErrorCode[] = ['BAD_INPUT', 'TIMEOUT', 'CONFLICT'];
const KINDS = ['COMMAND', 'WORKFLOW', 'AGENT'] as const;
const SUBJECTS = ['alice', 'bob', 'alice-name'];
const WORKFLOWS = ['nightly', 'weekly'];
const ENDS = ['SUCCEEDED', 'FAILED', 'TIMEOUT', 'DENIED', 'CANCELLED'] as const;

const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((some) => some.join(' '));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** A run, as some test may start it: others by their place in the list. */
const runs = fc.record({
  tenant: fc.constantFrom(0, 0, 0, 1),
  subject: fc.constantFrom(...SUBJECTS),
  kind: fc.constantFrom(...KINDS),
  goal: optional(words),
  workflow: optional(fc.constantFrom(...WORKFLOWS)),
  note: words,
  isLong: fc.boolean(),
  team: optional(fc.constantFrom('rail', 'Lamp "x"', 7)),
  schedule: optional(fc.constantFrom(...WORKFLOWS)),
  parent: optional(fc.nat(5)),
  repeats: optional(fc.nat(3)),
  createdMs: fc.nat(2 * DAY_MS),
  delayMs: fc.nat(300),
  startMs: optional(fc.nat(100)),
  durationMs: optional(fc.oneof(fc.nat(50), fc.nat(3_000), fc.constantFrom(999, 1_000, 1_001, 70_000))),
  end: fc.constantFrom(...ENDS),
  code: fc.constantFrom(...CODES),
  isContinued: fc.boolean(),
});
type DrawnRun = typeof runs extends fc.Arbitrary<infer T> ? T : never;

const conditions = fc.record(
  {
    state: fc.uniqueArray(fc.constantFrom(...RUN_STATES), { maxLength: 4 }),
    kind: fc.uniqueArray(fc.constantFrom(...KINDS), { maxLength: 2 }),
    workflow: fc.constantFrom(...WORKFLOWS, 'never'),
    principal: fc.constantFrom(...SUBJECTS, 'bob-name'),
    label: fc.constantFrom({ team: 'rail' }, { team: 7 }, { team: 'rail', schedule: 'nightly' }),
    createdAfter: fc.nat(2 * DAY_MS),
    createdBefore: fc.nat(2 * DAY_MS),
    roots: fc.boolean(),
    errorCode: fc.uniqueArray(fc.constantFrom(...CODES), { maxLength: 2 }),
    schedule: fc.constantFrom(...WORKFLOWS),
    rerunOf: fc.nat(3),
    longerThanMs: fc.constantFrom(0, 20, 998, 999, 1_000, 1_001, 69_999, 70_000),
    words,
  },
  { requiredKeys: [] },
);
const CONDITION_NAMES = [
  ...(['state', 'kind', 'workflow', 'principal', 'label', 'createdAfter', 'createdBefore', 'roots'] as const),
  ...(['errorCode', 'schedule', 'rerunOf', 'longerThanMs', 'words'] as const),
];
type Conditions = Partial<Record<(typeof CONDITION_NAMES)[number], unknown>>;
/** Few conditions at once: hardly any run matches many. */
const filters = fc
  .tuple(conditions, fc.shuffledSubarray(CONDITION_NAMES, { minLength: 1, maxLength: 3 }))
  .map(
    ([all, names]): Conditions =>
      Object.fromEntries(Object.entries(all).filter(([name]) => names.some((one) => one === name))),
  );
const ranges = fc.record({
  from: fc.nat(2 * DAY_MS),
  length: fc.integer({ min: 1, max: 2 * DAY_MS }),
  buckets: fc.integer({ min: 1, max: 60 }),
});
/** Times count from the first run, runs by their place. */
const questions = fc.record({ filter: filters, isOwn: fc.boolean(), range: ranges });
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

/** Every list and every number about runs is what their events say. */
export function recomputedContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('what lists and statistics say of runs', () => {
    const suite = useStore(makeHarness);
    let histories = 0;

    it('is what a fold of all events says, whatever happened', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(runs, { maxLength: 40 }),
          fc.array(questions, { minLength: 10, maxLength: 10 }),
          (drawn, asked) => check(drawn, asked, false),
        ),
        { numRuns: 12, interruptAfterTimeLimit: 60_000 },
      );
    });

    it('stays so for many runs, whose texts are in the index', async () => {
      const [drawn = []] = fc.sample(fc.array(runs, { minLength: MANY_RUNS, maxLength: MANY_RUNS, size: 'max' }), 1);
      const segments = async () => (await suite.harness.query('SELECT position FROM search_segments')).length;
      const before = await segments();
      await check(
        drawn.map((run) => ({ ...run, tenant: 0, startMs: 1, durationMs: run.durationMs ?? 5 })),
        fc.sample(questions, 60),
        true,
      );
      expect(await segments()).toBeGreaterThan(before);
    });

    async function check(drawn: readonly DrawnRun[], asked: readonly Question[], isIndexed: boolean) {
      const { store } = suite;
      histories += 1;
      const tenants = [`t${histories}`, `u${histories}`] as const;
      const first = Date.now() - 10 * DAY_MS;
      const ids = await record(store, drawn, tenants, first);
      if (isIndexed) await store.textIndex.tick();
      const recomputed = recomputeRuns(await readAll(store, { tenant: tenants[0] }));
      for (const { filter: asDrawn, isOwn, range } of asked) {
        const filter = toFilter(asDrawn, first, ids);
        const scope: Scope = { tenant: tenants[0], ...(isOwn && { subject: 'alice' }) };
        const from = new Date(first + range.from);
        const bucketed = { from, to: new Date(from.getTime() + range.length), buckets: range.buckets };
        const expected = recomputed.filter((run) => isMatch(run, scope, filter));
        const stats = await store.reader.runStats(scope, filter, bucketed);
        const than = ids[0] ?? 'run_';
        const newer = await store.reader.countNewer(scope, filter, than, 30);
        expect({ filter, newer, ids: await listAll(store, scope, filter), stats: plain(stats) }).toEqual({
          ...{ filter, stats: recomputeStats(expected, bucketed) },
          newer: Math.min(30, expected.filter(({ id }) => id > than).length),
          ids: expected
            .map(({ id }) => id)
            .sort()
            .reverse(),
        });
      }
    }
  });
}

function toFilter(drawn: Conditions, first: number, ids: readonly string[]): RunFilter {
  const filter = Object.entries(drawn).map(([name, value]) => {
    if (name === 'createdAfter' || name === 'createdBefore') return [name, new Date(first + Number(value))];
    return [name, name === 'rerunOf' ? (ids[Number(value)] ?? 'run_none') : value];
  });
  return Object.fromEntries(filter);
}

/** The numbers without maps, with undefined for what is absent. */
function plain({ byState, buckets, p50Ms, p95Ms, total }: RunStats): ReturnType<typeof recomputeStats> {
  return {
    ...{ total, p50Ms, p95Ms, byState: Object.fromEntries(byState) },
    buckets: buckets.map((bucket) => ({ at: bucket.at, byState: Object.fromEntries(bucket.byState) })),
  };
}

async function listAll(store: Store, scope: Scope, filter: RunFilter): Promise<string[]> {
  const ids: string[] = [];
  for (let page: PageArgs = { first: 100 }; ; ) {
    const { edges, hasNextPage, endCursor } = await store.reader.runs(scope, filter, page);
    ids.push(...edges.map(({ node }) => node.id));
    if (!hasNextPage || endCursor === undefined) return ids;
    page = { first: 100, after: endCursor };
  }
}

async function readAll({ journal }: Store, scope: Scope): Promise<Event[]> {
  const events: Event[] = [];
  for (let position = 0; ; ) {
    const batch = await journal.page(position, {}, scope, 1_000);
    events.push(...batch.events);
    position = batch.position;
    if (batch.caughtUp) return events;
  }
}

/** Appends what the runs do. @returns their ids */
async function record(
  store: Store,
  drawn: readonly DrawnRun[],
  tenants: readonly [string, string],
  first: number,
): Promise<readonly string[]> {
  const ids = drawn.map(({ createdMs }) => newId('run', first + createdMs));
  const idOf = (n: number | undefined) => (n === undefined ? undefined : ids[n]);
  for (let begin = 0; begin < drawn.length; begin += 500) {
    await Promise.all(
      drawn.slice(begin, begin + 500).map(async (run, n) => {
        const { goal, workflow, team, schedule, isLong } = run;
        const [parentId, rerunOf] = [idOf(run.parent), idOf(run.repeats)];
        const createdAt = first + run.createdMs + run.delayMs;
        const created: Partial<EventPayloads['RUN_CREATED']> = {
          principal: user(tenants[run.tenant as 0 | 1], run.subject),
          kind: run.kind,
          inputs: { at: isLong ? `${'long '.repeat(420)}lamp` : 'short', note: run.note },
          labels: { ...(team !== undefined && { team }), ...(schedule !== undefined && { schedule }) },
          steps: [],
          ...(goal !== undefined && { goal }),
          ...(workflow !== undefined && { workflow }),
          ...(parentId !== undefined && { parentId }),
          ...(rerunOf !== undefined && { rerunOf }),
        };
        const id = ids[begin + n] as string;
        const appends = [
          [runCreated(created, new Date(createdAt))],
          ...changesOf(run, createdAt).map((event) => [event]),
        ];
        // Some in one append with their creation, as the engine records short runs.
        for (const events of run.isLong ? [appends.flat()] : appends) {
          const { seq = 0 } = (await store.reader.run({ tenant: tenants[run.tenant as 0 | 1] }, id)) ?? {};
          await store.journal.append(id, seq + 1, events);
        }
      }),
    );
  }
  return ids;
}

function changesOf({ startMs, durationMs, end, code, isContinued, note }: DrawnRun, createdAt: number): NewEvent[] {
  if (startMs === undefined) return [];
  let at = createdAt + startMs;
  const change = (from: RunState, to: RunState): NewEvent => ({
    type: 'RUN_STATE_CHANGED',
    at: new Date(at),
    payload: {
      from,
      to,
      ...(to !== 'SUCCEEDED' && ENDS.some((one) => one === to) && { error: { code, message: note, retryable: false } }),
    },
  });
  const changes = [change('PENDING', 'RUNNING')];
  if (durationMs === undefined) return changes;
  at += durationMs;
  changes.push(change('RUNNING', end));
  if (!isContinued || end !== 'FAILED') return changes;
  at += 10;
  changes.push(change('FAILED', 'RUNNING'));
  at += 10;
  return [...changes, change('RUNNING', 'SUCCEEDED')];
}

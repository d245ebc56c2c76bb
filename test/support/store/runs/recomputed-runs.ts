import type { Event, EventPayloads } from '../../../../src/core/event.ts';
import type { Scope } from '../../../../src/core/principal.ts';
import type { Failure } from '../../../../src/core/run.ts';
import { isFinalRunState, type RunState } from '../../../../src/core/states.ts';
import type { BucketedRange, RunFilter } from '../../../../src/core/store-reader.ts';
import { canonicalJson } from '../../../../src/lib/json.ts';

/** A run as its events tell it. */
interface RecomputedRun {
  readonly id: string;
  readonly created: EventPayloads['RUN_CREATED'];
  readonly createdAt: number;
  state: RunState;
  startedAt?: number | undefined;
  finishedAt?: number | undefined;
  error?: Failure | undefined;
}

/** Folds events, in the plainest way. */
export function recomputeRuns(events: readonly Event[]): readonly RecomputedRun[] {
  const runs = new Map<string, RecomputedRun>();
  for (const { runId, at, ...event } of events) {
    if (event.type === 'RUN_CREATED') {
      runs.set(runId, { id: runId, created: event.payload, createdAt: at.getTime(), state: 'PENDING' });
    }
    const run = runs.get(runId);
    if (event.type !== 'RUN_STATE_CHANGED' || !run) continue;
    const { from, to, startedAt, error } = event.payload;
    run.state = to;
    if (from === 'PENDING') run.startedAt = startedAt === undefined ? at.getTime() : Date.parse(startedAt);
    run.finishedAt = isFinalRunState(to) ? at.getTime() : undefined;
    run.error = error;
  }
  return [...runs.values()];
}

const durationOf = ({ startedAt, finishedAt = Date.now() }: RecomputedRun) =>
  startedAt === undefined ? undefined : finishedAt - startedAt;

const inLowerCase = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const firstOf = (json: unknown) =>
  Array.from(json === undefined ? '' : JSON.stringify(json))
    .slice(0, 2_048)
    .join('');

function containsWord({ created, error }: RecomputedRun, word: string): boolean {
  const texts = [created.goal ?? '', created.workflow ?? ''];
  const json = [JSON.stringify(created.labels), firstOf(error), firstOf(created.inputs)];
  const written = JSON.stringify(word).slice(1, -1);
  return (
    texts.some((text) => inLowerCase(text).includes(inLowerCase(word))) ||
    json.some((text) => inLowerCase(text).includes(inLowerCase(written)))
  );
}

/** Whether the scope covers the run and the filter matches it: each condition as its description says. */
export function isMatch(run: RecomputedRun, scope: Scope, filter: RunFilter): boolean {
  const { created, state, error } = run;
  const { principal, labels } = created;
  const conditions = [
    principal.tenant === scope.tenant,
    scope.subject === undefined || principal.subject === scope.subject,
    filter.state?.includes(state),
    filter.kind?.includes(created.kind),
    filter.workflow === undefined || created.workflow === filter.workflow,
    filter.principal === undefined || [principal.subject, principal.username].includes(filter.principal),
    Object.entries(filter.label ?? {}).every(
      ([key, value]) => key in labels && canonicalJson(labels[key]) === canonicalJson(value),
    ),
    filter.createdAfter === undefined || run.createdAt > filter.createdAfter.getTime(),
    filter.createdBefore === undefined || run.createdAt < filter.createdBefore.getTime(),
    !filter.roots || created.parentId === undefined,
    filter.errorCode?.some((code) => code === error?.code),
    filter.schedule === undefined || labels.schedule === filter.schedule,
    filter.rerunOf === undefined || created.rerunOf === filter.rerunOf,
    filter.longerThanMs === undefined || (durationOf(run) ?? -1) > filter.longerThanMs,
    (filter.words ?? '').split(/\s+/).every((word) => containsWord(run, word)),
  ];
  return conditions.every((holds) => holds !== false);
}

/** Statistics of these runs: every number by a separate look at all of them. */
export function recomputeStats(runs: readonly RecomputedRun[], { from, to, buckets }: BucketedRange) {
  const begin = from.getTime();
  const length = to.getTime() - begin;
  const counted = runs.filter(({ createdAt }) => createdAt >= begin && createdAt < to.getTime());
  const countStates = (some: readonly RecomputedRun[]) =>
    Object.fromEntries([...Map.groupBy(some, ({ state }) => state)].map(([state, of]) => [state, of.length]));
  const durations = counted
    .flatMap((run) => (run.finishedAt === undefined ? [] : (durationOf(run) ?? [])))
    .sort((a, b) => a - b);
  const nearestRank = (percent: number) => durations[Math.ceil((percent * durations.length) / 100) - 1];
  const boundary = (n: number) => begin + Math.ceil((n * length) / buckets);
  return {
    total: counted.length,
    byState: countStates(counted),
    buckets: Array.from({ length: buckets }, (_, n) => ({
      at: new Date(boundary(n)),
      byState: countStates(counted.filter(({ createdAt }) => createdAt >= boundary(n) && createdAt < boundary(n + 1))),
    })),
    p50Ms: nearestRank(50),
    p95Ms: nearestRank(95),
  };
}

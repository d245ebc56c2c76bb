import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../../../../core/principal.ts';
import type { RunRecord } from '../../../../core/run.ts';
import type { RunFilter, StoreReader } from '../../../../core/store-reader.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';

/** Between two updates of one subscriber. */
const MIN_INTERVAL_MS = 1_000;

/** Newer runs are counted up to so many. */
export const MAX_NEW_RUNS = 1_000;

/** What the filter asks of a run can change while the run exists. */
const CHANGING_CONDITIONS = ['state', 'errorCode', 'longerThanMs', 'words'] as const;

export interface RunsChange {
  readonly runs: readonly RunRecord[];
  readonly newRuns: number;
}

interface WatchedList {
  readonly ids: readonly string[];
  readonly filter: RunFilter;
  /** Id of the run after which runs are new. Default: the newest one now. */
  readonly newerThan?: string;
}

/** For how long a count is shared: shorter than the interval at which each subscriber looks. */
const SHARED_MS = 500;

/** A count that subscribers share. */
interface SharedCount {
  readonly at: number;
  /** The newest position before it was counted. */
  readonly head: number;
  readonly count: Promise<number>;
}

const sharedCounts = new WeakMap<StoreReader, Map<string, SharedCount>>();

/** Lists that are equal for the same readers are counted twice a second at most, however many watch them. */
function countShared(reader: StoreReader, scope: Scope, filter: RunFilter, newest: string, head: number): SharedCount {
  const counts = sharedCounts.get(reader) ?? new Map<string, SharedCount>();
  sharedCounts.set(reader, counts);
  const now = performance.now();
  for (const [key, { at }] of counts) {
    // In the order in which they were made.
    if (now - at < SHARED_MS) break;
    counts.delete(key);
  }
  const key = JSON.stringify([scope, filter, newest]);
  let shared = counts.get(key);
  if (!shared) {
    shared = { at: now, head, count: reader.countNewer(scope, filter, newest, MAX_NEW_RUNS) };
    counts.set(key, shared);
  }
  return shared;
}

const DONE = { done: true, value: undefined } as const;

/**
 * The runs of a list, then those of them that have changed, and how many newer ones match the filter. It looks at most once a second, when
 * the caller requests the next change and the journal has moved: what happened in between costs nothing.
 * @throws Fault from `next` when the policy no longer lets the caller see runs
 */
export function watchRuns(
  ctx: Context,
  { ids, filter, newerThan }: WatchedList,
): AsyncIterableIterator<RunsChange, undefined> {
  const { reader, journal } = ctx.app;
  const { signal } = ctx;
  const isLasting = CHANGING_CONDITIONS.every((name) => filter[name] === undefined);
  /** The seq with which each run was delivered. */
  const delivered = new Map(ids.map((id) => [id, 0]));
  let newest = newerThan;
  let newRuns = -1;
  let seenHead = -1;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const look = async (): Promise<RunsChange | undefined> => {
    const scope = callerScope(ctx);
    const head = await journal.head();
    if (head === seenHead) return undefined;
    const isFirst = newRuns === -1;
    newest ??= (await reader.runs(scope, {}, { first: 1 })).edges[0]?.node.id ?? '';
    const runs = await reader.changedRuns(scope, delivered);
    const isFull = isLasting && newRuns === MAX_NEW_RUNS;
    const shared = isFull ? undefined : countShared(reader, scope, filter, newest, head);
    const counted = shared ? await shared.count : newRuns;
    // What has happened since it was read is looked at again.
    seenHead = shared?.head ?? head;
    if (!isFirst && runs.length === 0 && counted === newRuns) return undefined;
    for (const { id, seq } of runs) delivered.set(id, seq);
    newRuns = counted;
    return { runs, newRuns };
  };

  return {
    async next() {
      while (!signal.aborted) {
        const waitMs = lookedAt + MIN_INTERVAL_MS - performance.now();
        if (waitMs > 0) await sleep(waitMs, undefined, { signal, ref: false }).catch(() => {});
        if (signal.aborted) break;
        lookedAt = performance.now();
        const value = await look();
        if (value) return { done: false, value };
      }
      return DONE;
    },
    return: async () => DONE,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

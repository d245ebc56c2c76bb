import type { Worker } from '../../../../cluster/workers/worker.ts';
import type { Workers } from '../../../../cluster/workers/workers.ts';
import type { Context } from '../../request/context.ts';
import { authorizeWorkers } from './require-cluster.ts';

/** Between two updates of one worker. */
const MIN_INTERVAL_MS = 1_000;

/** A result for one subscriber. */
interface Update {
  readonly worker: Worker;
}
const DONE = { done: true, value: undefined } as const;

/**
 * Workers that have changed, as they are when the caller requests the next one: for each at most one is waiting, and at most
 * one a second is delivered.
 * @throws Fault from `next` when the policy no longer lets the caller see them
 */
export function watchWorkers(
  ctx: Context,
  workers: Pick<Workers, 'onChange'>,
  pool: string | undefined,
): AsyncIterableIterator<Update, undefined> {
  const { policy } = ctx.app;
  /** Oldest change first. */
  const changed = new Map<string, Worker>();
  const deliveredAt = new Map<string, number>();
  let snapshot = policy.snapshot();
  let wake = () => {};
  let hasEnded = ctx.signal.aborted;

  const end = () => {
    hasEnded = true;
    unwatch();
    ctx.signal.removeEventListener('abort', end);
    changed.clear();
    wake();
  };
  const unwatch = workers.onChange((worker) => {
    if (pool !== undefined && worker.facts.pool !== pool) return;
    changed.set(worker.id, worker);
    wake();
  });
  ctx.signal.addEventListener('abort', end, { once: true });
  if (hasEnded) end();

  /** The next one that is due, or in how many milliseconds one is. */
  const takeDue = (): Worker | number => {
    const now = performance.now();
    let waitMs = Number.POSITIVE_INFINITY;
    for (const [id, worker] of changed) {
      const dueInMs = (deliveredAt.get(id) ?? Number.NEGATIVE_INFINITY) + MIN_INTERVAL_MS - now;
      if (dueInMs > 0) {
        waitMs = Math.min(waitMs, dueInMs);
        continue;
      }
      changed.delete(id);
      deliveredAt.set(id, now);
      return worker;
    }
    forgetOld(deliveredAt, now - MIN_INTERVAL_MS);
    return waitMs;
  };

  return {
    async next() {
      while (!hasEnded) {
        if (policy.snapshot() !== snapshot) {
          snapshot = policy.snapshot();
          authorizeWorkers(ctx);
        }
        const due = takeDue();
        // A new object for each update: results are kept in it.
        if (typeof due !== 'number') return { done: false, value: { worker: due } };
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = Number.isFinite(due) ? setTimeout(resolve, due).unref() : undefined;
        await promise;
        clearTimeout(timer);
      }
      return DONE;
    },
    async return() {
      end();
      return DONE;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** What was delivered longer ago decides nothing. */
function forgetOld(times: Map<string, number>, before: number): void {
  for (const [id, at] of times) if (at <= before) times.delete(id);
}

import type { Priority } from '../../core/run.ts';
import { createFairQueue, type FairQueue, type Owner, type QueuePlace } from '../../lib/fair-queue.ts';

/** What a queue must know of a request that waits. */
export interface Waiting {
  readonly owner: Owner;
  readonly priority: Priority;
  /** When it began to wait, in milliseconds. */
  readonly since: number;
  /** Its number in the order of arrival. */
  readonly order: number;
}

/** Requests by priority; one that has waited long counts as one of a higher priority. Within a priority, owners take turns. */
export interface RequestQueue<T extends Waiting> {
  readonly size: number;
  /** The request to be served next. */
  head(now: number): T | undefined;
  add(request: T): QueuePlace;
}

const PRIORITY_RANK: Record<Priority, number> = { CRITICAL: 0, INTERACTIVE: 1, BATCH: 2 };
/** After this long in the queue a request counts as one rank higher. */
const PROMOTE_AFTER_MS = 30_000;

export function createRequestQueue<T extends Waiting>(): RequestQueue<T> {
  const queues: Record<Priority, FairQueue<T>> = {
    CRITICAL: createFairQueue(),
    INTERACTIVE: createFairQueue(),
    BATCH: createFairQueue(),
  };
  const all = Object.values(queues);
  return {
    get size() {
      return all.reduce((sum, queue) => sum + queue.size, 0);
    },
    head(now) {
      let best: T | undefined;
      for (const { head } of all) if (head && (!best || rankOf(head, now) < rankOf(best, now))) best = head;
      return best;
    },
    add(request) {
      const { owner, priority, order } = request;
      return queues[priority].add(owner, request, order);
    },
  };
}

function rankOf({ priority, since }: Waiting, now: number): number {
  return PRIORITY_RANK[priority] - Math.floor((now - since) / PROMOTE_AFTER_MS);
}

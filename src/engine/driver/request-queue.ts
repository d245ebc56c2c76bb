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
  return new PriorityQueue<T>();
}

/** A class for the reason that `LinkedList` is one. */
class PriorityQueue<T extends Waiting> implements RequestQueue<T> {
  /** By rank. A priority without requests has a queue only once it had one. */
  readonly #queues: (FairQueue<T> | undefined)[] = [undefined, undefined, undefined];

  get size(): number {
    let size = 0;
    for (const queue of this.#queues) size += queue?.size ?? 0;
    return size;
  }

  head(now: number): T | undefined {
    let best: T | undefined;
    for (const queue of this.#queues) {
      const head = queue?.head;
      if (head && (!best || rankOf(head, now) < rankOf(best, now))) best = head;
    }
    return best;
  }

  add(request: T): QueuePlace {
    const { owner, priority, order } = request;
    const rank = PRIORITY_RANK[priority];
    this.#queues[rank] ??= createFairQueue();
    return this.#queues[rank].add(owner, request, order);
  }
}

function rankOf({ priority, since }: Waiting, now: number): number {
  return PRIORITY_RANK[priority] - Math.floor((now - since) / PROMOTE_AFTER_MS);
}

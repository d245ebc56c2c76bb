import { LRUCache } from 'lru-cache';
import type { Event } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import type { CommittedAppend } from './append-queue.ts';
import type { EventView } from './event-view.ts';
import { createLiveChunk, type LiveChunk } from './live-chunk.ts';

/** A reader that has seen everything up to the head, and waits for more. */
export interface Follower {
  readonly view: EventView;
  readonly limit: number;
  /** Called once. After an empty batch the reader must read the store from its position, or the journal is closed. */
  wake(batch: EventBatch): void;
}

/**
 * The newest commits in memory, and the readers that wait for the next one. Bounded: older commits are read from the store.
 * Without a reader nothing is kept, and a later reader pages through the store.
 */
export interface LiveTail {
  /** The newest position that readers may see. */
  readonly head: number;
  readonly closed: boolean;
  /** Whether there is any reader. */
  readonly hasReaders: boolean;
  /** Adds a reader, for which commits are kept. @returns removes it; to be called once */
  addReader(): () => void;
  /** Adds a commit, and wakes only the followers that see events of it. */
  publish(appends: readonly CommittedAppend[]): void;
  /** Forgets everything: events up to `head` are only in the store. */
  reset(head: number): void;
  /** The view's next events after `position`, shared by readers with the same view; undefined if they are not in memory. */
  readAfter(position: number, view: EventView, limit: number): EventBatch | undefined;
  follow(follower: Follower): void;
  unfollow(follower: Follower): void;
  close(): void;
}

/** Sizes are counted as characters of JSON. */
interface LiveTailLimits {
  readonly events: number;
  readonly size: number;
}

const DEFAULT_LIMITS: LiveTailLimits = { events: 1_000, size: 1024 * 1024 };

export function createLiveTail(start: number, limits = DEFAULT_LIMITS): LiveTail {
  // Not a Set: its allocations, as it is emptied and filled at each commit, would outlive many collections.
  let followers: Follower[] = [];
  /** Contiguous; the last one ends at the head. */
  let chunks: LiveChunk[] = [];
  let head = start;
  let atHead: EventBatch = { events: [], position: head, caughtUp: true };
  let closed = false;
  let readers = 0;
  let events = 0;
  let size = 0;
  const batches = new LRUCache<string, EventBatch>({ max: 2_048, maxSize: limits.size });

  const shared = (chunk: LiveChunk, position: number, view: EventView, limit: number): EventBatch => {
    const newest = chunk.last === head;
    const key = `${Math.max(position, chunk.first - 1)} ${limit} ${newest} ${view.key}`;
    const cached = batches.get(key);
    if (cached) return cached;
    const batch = chunk.batch(view, position, limit, newest);
    batches.set(key, batch, { size: 1 + Math.ceil((chunk.size * batch.events.length) / chunk.count) });
    return batch;
  };

  const moveTo = (position: number) => {
    head = position;
    atHead = { events: [], position, caughtUp: true };
  };

  const empty = () => {
    chunks = [];
    events = 0;
    size = 0;
    batches.clear();
  };

  /** Sends every follower back to the store. */
  const forget = () => {
    empty();
    const woken = followers;
    followers = [];
    for (const follower of woken) follower.wake({ events: [], position: head, caughtUp: false });
  };

  const keep = (chunk: LiveChunk) => {
    chunks.push(chunk);
    events += chunk.count;
    size += chunk.size;
    while (events > limits.events || size > limits.size) {
      const oldest = chunks.shift();
      if (!oldest) break;
      events -= oldest.count;
      size -= oldest.size;
    }
  };

  /** The chunk that holds the first event after `position`, which is below the head. */
  const chunkAfter = (position: number): LiveChunk | undefined => {
    const oldest = chunks[0];
    if (!oldest || position < oldest.first - 1) return undefined;
    let [low, high] = [0, chunks.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((chunks[middle] as LiveChunk).last > position) high = middle;
      else low = middle + 1;
    }
    return chunks[low];
  };

  return {
    get head() {
      return head;
    },
    get closed() {
      return closed;
    },
    get hasReaders() {
      return readers > 0;
    },
    addReader: () => {
      readers += 1;
      return () => {
        readers -= 1;
        if (readers === 0) empty();
      };
    },
    publish: (appends) => {
      // Kept objects survive collections and die old, which costs far more than reading them again.
      if (readers === 0) return moveTo(lastPosition(appends));
      const chunk = createLiveChunk(appends);
      // Other commits are in between, and readers must read them from the store.
      if (chunk.first !== head + 1) forget();
      moveTo(chunk.last);
      keep(chunk);
      const waiting = followers;
      followers = [];
      let batch: EventBatch | undefined;
      let former: Follower | undefined;
      for (const follower of waiting) {
        // Most of many followers have the same view, and its key is long.
        if (!batch || former?.view.key !== follower.view.key || former.limit !== follower.limit) {
          batch = shared(chunk, chunk.first - 1, follower.view, follower.limit);
        }
        former = follower;
        if (batch.events.length === 0) followers.push(follower);
        else follower.wake(batch);
      }
    },
    reset: (position) => {
      forget();
      moveTo(position);
    },
    readAfter: (position, view, limit) => {
      if (position === head) return atHead;
      const chunk = chunkAfter(position);
      return chunk && shared(chunk, position, view, limit);
    },
    follow: (follower) => {
      followers.push(follower);
    },
    unfollow: (follower) => {
      followers = followers.filter((one) => one !== follower);
    },
    close: () => {
      closed = true;
      forget();
    },
  };
}

function lastPosition(appends: readonly CommittedAppend[]): number {
  const { events } = appends.at(-1) as CommittedAppend;
  return (events.at(-1) as Event).position;
}

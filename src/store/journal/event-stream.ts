import type { EventBatch } from '../../core/journal.ts';
import type { EventView } from './event-view.ts';
import type { Follower, LiveTail } from './live-tail.ts';

type Result = IteratorResult<EventBatch, undefined>;

interface EventStreamDeps {
  readonly tail: LiveTail;
  /** Reads a page of the store, up to the tail's head. */
  page(view: EventView, position: number, limit: number): Promise<EventBatch>;
}

/**
 * One reader of the journal: it reads pages of the store until its position is within the tail's memory, then the tail. It
 * keeps only its position, so it may be arbitrarily slow.
 * `caughtUp` is reported once: in the batch that reaches the head, or in an empty one if nothing else matches.
 * No other batch is empty.
 */
export function createEventStream(
  { tail, page }: EventStreamDeps,
  view: EventView,
  start: number,
  limit: number,
  signal: AbortSignal,
): AsyncIterableIterator<EventBatch> {
  let position = start;
  let reportedCaughtUp = false;
  let ended = false;
  let leave = () => {};
  let answer = (_batch: EventBatch | undefined) => {};
  let newest: Promise<unknown> = Promise.resolve();
  /** Calls of `next` without a result. */
  let waiting = 0;

  const end = () => {
    if (ended) return;
    ended = true;
    leave();
    signal.removeEventListener('abort', end);
    tail.unfollow(follower);
    answer(undefined);
  };

  const follower: Follower = { view, limit, wake: (batch) => answer(batch) };
  const follow = () =>
    new Promise<EventBatch | undefined>((resolve) => {
      answer = resolve;
      tail.follow(follower);
    });

  const done = (): Result => {
    waiting -= 1;
    end();
    return { done: true, value: undefined };
  };

  /** Moves on; undefined for a batch that the reader does not get. */
  const take = (batch: EventBatch): Result | undefined => {
    position = batch.position;
    if (batch.events.length === 0 && (reportedCaughtUp || !batch.caughtUp)) return undefined;
    reportedCaughtUp ||= batch.caughtUp;
    waiting -= 1;
    return { done: false, value: batch };
  };
  const fail = (error: unknown): never => {
    waiting -= 1;
    throw error;
  };

  /** Not an async function: the result is passed to every reader for every commit, and each promise in between costs about as much as it. */
  const pull = (): Promise<Result> => {
    while (!ended && !tail.closed) {
      if (position === tail.head && reportedCaughtUp) return follow().then(accept);
      const batch = tail.readAfter(position, view, limit);
      if (!batch) return page(view, position, limit).then(accept, fail);
      const result = take(batch);
      if (result) return Promise.resolve(result);
    }
    return Promise.resolve(done());
  };
  const accept = (batch: EventBatch | undefined): Result | Promise<Result> =>
    ended || batch === undefined ? done() : (take(batch) ?? pull());

  if (signal.aborted) ended = true;
  else {
    leave = tail.addReader();
    signal.addEventListener('abort', end, { once: true });
  }

  return {
    next: () => {
      waiting += 1;
      const result = waiting === 1 ? pull() : newest.then(pull, pull);
      newest = result;
      return result;
    },
    return: async () => {
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

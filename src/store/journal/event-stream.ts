import type { EventBatch } from '../../core/journal.ts';
import type { EventView } from './event-view.ts';
import type { Follower, LiveTail } from './live-tail.ts';

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
  let pulling: Promise<unknown> = Promise.resolve();

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

  const pull = async (): Promise<IteratorResult<EventBatch, undefined>> => {
    while (!ended && !tail.closed) {
      const caughtUp = position === tail.head && reportedCaughtUp;
      const batch = caughtUp
        ? await follow()
        : (tail.readAfter(position, view, limit) ?? (await page(view, position, limit)));
      if (ended || batch === undefined) break;
      position = batch.position;
      if (batch.events.length > 0 || (batch.caughtUp && !reportedCaughtUp)) {
        reportedCaughtUp ||= batch.caughtUp;
        return { done: false, value: batch };
      }
    }
    end();
    return { done: true, value: undefined };
  };

  if (signal.aborted) ended = true;
  else {
    leave = tail.addReader();
    signal.addEventListener('abort', end, { once: true });
  }

  return {
    next: () => {
      const pulled = pulling.then(pull, pull);
      pulling = pulled;
      return pulled;
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

import { expect, it } from 'vitest';
import { log } from '../../../test/support/store/sample-events.ts';
import type { Event } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import type { CommittedAppend } from './append-queue.ts';
import { createCommitFeed } from './commit-feed.ts';
import { createEventView } from './event-view.ts';
import { createLiveTail } from './live-tail.ts';

const view = createEventView({}, { tenant: 'default' });

function commit(first: number, last: number): CommittedAppend[] {
  const events = Array.from({ length: last - first + 1 }, (_, index): Event => {
    const place = { position: first + index, runId: 'run_a', seq: index + 1, prevHash: '', hash: '' };
    return { ...log('x'), ...place, tenant: 'default', subject: 'alice' };
  });
  return [{ events, workflow: undefined, characters: 100 }];
}

/** A tail with one reader that follows on and on, and a store whose reads are answered by hand. */
function setUp(isRead = true) {
  const tail = createLiveTail(0);
  const reads: { after: number; upTo: number; answer: PromiseWithResolvers<readonly CommittedAppend[] | undefined> }[] =
    [];
  const feed = createCommitFeed({
    tail,
    readBetween: (after, upTo) => {
      const answer = Promise.withResolvers<readonly CommittedAppend[] | undefined>();
      reads.push({ after, upTo, answer });
      return answer.promise;
    },
  });
  const told: string[] = [];
  const wake = ({ events, position }: EventBatch) => {
    told.push(events.length > 0 ? `${events[0]?.position}-${position}` : `store from ${position}`);
    tail.follow({ view, limit: 100, wake });
  };
  if (isRead) {
    tail.addReader();
    tail.follow({ view, limit: 100, wake });
  }
  const answer = async (appends?: readonly CommittedAppend[]) => {
    reads.at(-1)?.answer.resolve(appends);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { tail, feed, reads, told, answer };
}

it('hands own commits over at once', () => {
  const { feed, told, reads } = setUp();
  feed.publishOwn(commit(1, 2));
  feed.publishOwn(commit(3, 3));
  expect([told, reads]).toEqual([['1-2', '3-3'], []]);
});

it('reads the commits of others once, and keeps own ones back until then', async () => {
  const { feed, told, reads, tail, answer } = setUp();
  feed.publishOwn(commit(4, 5));
  feed.publishOwn(commit(6, 6));
  feed.advanceTo(3);
  expect([told, tail.head, reads.map(({ after, upTo }) => [after, upTo])]).toEqual([[], 0, [[0, 3]]]);
  await answer(commit(1, 3));
  expect([told, tail.head, reads.length]).toEqual([['1-3', '4-5', '6-6'], 6, 1]);
});

it('finds the commits of others between its own, when those came one by one', async () => {
  const { feed, told, tail, reads, answer } = setUp();
  feed.publishOwn([...commit(1, 2), ...commit(3, 3), ...commit(6, 7)]);
  expect([told, reads.map(({ after, upTo }) => [after, upTo])]).toEqual([['1-3'], [[3, 5]]]);
  await answer(commit(4, 5));
  expect([told, tail.head]).toEqual([['1-3', '4-5', '6-7'], 7]);
});

it('never goes back when it hears of a later commit before its own', async () => {
  const { feed, told, tail, answer } = setUp();
  feed.advanceTo(8);
  await answer(commit(1, 8));
  feed.publishOwn(commit(5, 6));
  feed.advanceTo(7);
  expect([told, tail.head]).toEqual([['1-8'], 8]);
  feed.publishOwn(commit(9, 9));
  expect([told.at(-1), tail.head]).toEqual(['9-9', 9]);
});

it('sends readers to the store for what is too much, or cannot be read', async () => {
  const { feed, told, tail, answer, reads } = setUp();
  feed.advanceTo(5_000);
  await answer(undefined);
  expect([told, tail.head]).toEqual([['store from 0'], 5_000]);
  feed.publishOwn(commit(5_003, 5_003));
  reads.at(-1)?.answer.reject(new Error('away'));
  await new Promise((resolve) => setImmediate(resolve));
  expect([told, tail.head]).toEqual([['store from 0', 'store from 5000', '5003-5003'], 5_003]);
});

it('drops what it read when readers were let on meanwhile', async () => {
  const { feed, told, tail, answer } = setUp();
  feed.advanceTo(3);
  feed.skipTo(10);
  await answer(commit(1, 3));
  expect([told, tail.head]).toEqual([['store from 0'], 10]);
});

it('reads nothing while nobody reads', () => {
  const { feed, tail, reads } = setUp(false);
  feed.advanceTo(3);
  feed.publishOwn(commit(7, 7));
  expect([tail.head, reads]).toEqual([7, []]);
});

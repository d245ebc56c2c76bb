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

/** A tail with one reader that keeps following, and a store whose reads the test answers. */
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
  const received: string[] = [];
  const wake = ({ events, position }: EventBatch) => {
    received.push(events.length > 0 ? `${events[0]?.position}-${position}` : `store from ${position}`);
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
  return { tail, feed, reads, received, answer };
}

it('publishes its own commits at once', () => {
  const { feed, received, reads } = setUp();
  feed.publishOwn(commit(1, 2));
  feed.publishOwn(commit(3, 3));
  expect([received, reads]).toEqual([['1-2', '3-3'], []]);
});

it('reads the commits of other nodes once, and holds back its own until then', async () => {
  const { feed, received, reads, tail, answer } = setUp();
  feed.publishOwn(commit(4, 5));
  feed.publishOwn(commit(6, 6));
  feed.advanceTo(3);
  expect([received, tail.head, reads.map(({ after, upTo }) => [after, upTo])]).toEqual([[], 0, [[0, 3]]]);
  await answer(commit(1, 3));
  expect([received, tail.head, reads.length]).toEqual([['1-3', '4-5', '6-6'], 6, 1]);
});

it('finds the commits of other nodes between its own, if those were committed one by one', async () => {
  const { feed, received, tail, reads, answer } = setUp();
  feed.publishOwn([...commit(1, 2), ...commit(3, 3), ...commit(6, 7)]);
  expect([received, reads.map(({ after, upTo }) => [after, upTo])]).toEqual([['1-3'], [[3, 5]]]);
  await answer(commit(4, 5));
  expect([received, tail.head]).toEqual([['1-3', '4-5', '6-7'], 7]);
});

it('never goes back if a later commit is announced before its own', async () => {
  const { feed, received, tail, answer } = setUp();
  feed.advanceTo(8);
  await answer(commit(1, 8));
  feed.publishOwn(commit(5, 6));
  feed.advanceTo(7);
  expect([received, tail.head]).toEqual([['1-8'], 8]);
  feed.publishOwn(commit(9, 9));
  expect([received.at(-1), tail.head]).toEqual(['9-9', 9]);
});

it('sends readers to the store if there is too much, or it cannot be read', async () => {
  const { feed, received, tail, answer, reads } = setUp();
  feed.advanceTo(5_000);
  await answer(undefined);
  expect([received, tail.head]).toEqual([['store from 0'], 5_000]);
  feed.publishOwn(commit(5_003, 5_003));
  reads.at(-1)?.answer.reject(new Error('away'));
  await new Promise((resolve) => setImmediate(resolve));
  expect([received, tail.head]).toEqual([['store from 0', 'store from 5000', '5003-5003'], 5_003]);
});

it('drops what it has read if readers were moved ahead meanwhile', async () => {
  const { feed, received, tail, answer } = setUp();
  feed.advanceTo(3);
  feed.skipTo(10);
  await answer(commit(1, 3));
  expect([received, tail.head]).toEqual([['store from 0'], 10]);
});

it('reads nothing without readers', () => {
  const { feed, tail, reads } = setUp(false);
  feed.advanceTo(3);
  feed.publishOwn(commit(7, 7));
  expect([tail.head, reads]).toEqual([7, []]);
});

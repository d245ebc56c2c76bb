import { expect, it } from 'vitest';
import { log } from '../../../test/support/store/sample-events.ts';
import type { Event } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import { createEventView } from './event-view.ts';
import { createLiveTail } from './live-tail.ts';

const all = createEventView({}, { tenant: 'default' });

function commit(first: number, count: number, runId = 'run_a', size = 100) {
  const events = Array.from({ length: count }, (_, index): Event => {
    const place = { position: first + index, runId, seq: index + 1, prevHash: '', hash: '' };
    return { ...log('x'), ...place, tenant: 'default', subject: 'alice' };
  });
  return [{ events, workflow: undefined, characters: size }];
}

/** A tail with a reader. */
function readTail(...args: Parameters<typeof createLiveTail>) {
  const tail = createLiveTail(...args);
  tail.addReader();
  return tail;
}

const positions = (batch: EventBatch | undefined) => batch?.events.map((event) => event.position);

it('keeps the newest commits within its limits, and reports what it no longer has', () => {
  const tail = readTail(10, { events: 5, size: 1_000 });
  expect(tail.readAfter(10, all, 9)).toEqual({ events: [], position: 10, caughtUp: true });
  expect(tail.readAfter(9, all, 9)).toBeUndefined();
  tail.publish(commit(11, 3));
  tail.publish(commit(14, 2));
  expect(positions(tail.readAfter(10, all, 9))).toEqual([11, 12, 13]);
  tail.publish(commit(16, 1));
  expect(tail.readAfter(10, all, 9)).toBeUndefined();
  expect(tail.readAfter(12, all, 9)).toBeUndefined();
  expect(positions(tail.readAfter(13, all, 9))).toEqual([14, 15]);
  tail.publish(commit(17, 1, 'run_a', 5_000));
  expect(tail.readAfter(16, all, 9)).toBeUndefined();
  expect(tail.readAfter(17, all, 9)?.caughtUp).toBe(true);
});

it('gives a reader inside a commit the rest of it, in batches of its size', () => {
  const tail = readTail(0);
  tail.publish(commit(1, 5));
  expect(tail.readAfter(2, all, 2)).toMatchObject({ position: 4, caughtUp: false });
  expect(positions(tail.readAfter(4, all, 2))).toEqual([5]);
  expect(tail.readAfter(4, all, 2)?.caughtUp).toBe(true);
  const other = createEventView({ runId: 'run_b' }, { tenant: 'default' });
  expect(tail.readAfter(2, other, 2)).toEqual({ events: [], position: 5, caughtUp: true });
});

it('wakes only the followers that see events of a commit', () => {
  const tail = readTail(0);
  const woken: string[] = [];
  const follow = (runId: string) => {
    const view = createEventView({ runId }, { tenant: 'default' });
    const follower = { view, limit: 10, wake: (batch: EventBatch) => void woken.push(`${runId} ${positions(batch)}`) };
    tail.follow(follower);
    return follower;
  };
  follow('run_a');
  follow('run_b');
  tail.unfollow(follow('run_a'));
  tail.publish(commit(1, 2, 'run_a'));
  expect(woken).toEqual(['run_a 1,2']);
  tail.publish(commit(3, 1, 'run_b'));
  tail.publish(commit(4, 1, 'run_a'));
  expect(woken).toEqual(['run_a 1,2', 'run_b 3']);
});

it('sends readers back to the store after a gap', () => {
  const tail = readTail(5);
  const woken: EventBatch[] = [];
  const follower = { view: all, limit: 10, wake: (batch: EventBatch) => void woken.push(batch) };
  tail.follow(follower);
  tail.publish(commit(9, 1));
  expect(woken).toEqual([{ events: [], position: 5, caughtUp: false }]);
  expect([tail.head, tail.readAfter(5, all, 10), positions(tail.readAfter(8, all, 10))]).toEqual([9, undefined, [9]]);
  tail.follow(follower);
  tail.reset(20);
  expect(woken[1]).toEqual({ events: [], position: 9, caughtUp: false });
  expect([tail.head, tail.readAfter(9, all, 10)]).toEqual([20, undefined]);
  tail.follow(follower);
  tail.close();
  expect([woken.length, tail.closed]).toEqual([3, true]);
});

it('keeps nothing without readers: those that come later, or come back, page from the store', () => {
  const tail = createLiveTail(0);
  tail.publish(commit(1, 2));
  expect([tail.head, tail.readAfter(0, all, 9)]).toEqual([2, undefined]);
  const leave = tail.addReader();
  const leaveToo = tail.addReader();
  expect(tail.readAfter(0, all, 9)).toBeUndefined();
  tail.publish(commit(3, 2));
  leave();
  expect([tail.readAfter(0, all, 9), positions(tail.readAfter(2, all, 9))]).toEqual([undefined, [3, 4]]);
  leaveToo();
  expect([tail.head, tail.readAfter(2, all, 9)]).toEqual([4, undefined]);
  tail.publish(commit(5, 1));
  tail.addReader();
  tail.publish(commit(6, 1));
  expect([tail.readAfter(2, all, 9), tail.readAfter(4, all, 9), positions(tail.readAfter(5, all, 9))]).toEqual([
    undefined,
    undefined,
    [6],
  ]);
});

import { expect, it } from 'vitest';
import { createSemaphore } from './semaphore.ts';

it('passes each permit to the caller that has waited longest, and rejects callers when the queue is full', async () => {
  const semaphore = createSemaphore({ permits: 1, maxQueued: 2, onFull: () => new RangeError('at capacity') });
  const release = await semaphore.acquire();
  const order: string[] = [];
  const enter = async (name: string) => {
    const releaseOwn = await semaphore.acquire();
    order.push(name);
    return releaseOwn;
  };
  const first = enter('first');
  const second = enter('second');
  expect(() => semaphore.acquire()).toThrow(new RangeError('at capacity'));
  release();
  release();
  (await first)();
  (await second)();
  expect(order).toEqual(['first', 'second']);
  expect([semaphore.acquired, semaphore.queued]).toEqual([0, 0]);
});

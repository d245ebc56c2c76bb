import { expect, it } from 'vitest';
import { createSemaphore } from './semaphore.ts';

it('gives each place to the longest waiting, and turns away whom the queue has no room for', async () => {
  const places = createSemaphore({ permits: 1, maxQueued: 2 });
  const giveBack = await places.acquire();
  const order: string[] = [];
  const enter = async (name: string) => {
    const give = await places.acquire();
    order.push(name);
    return give;
  };
  const first = enter('first');
  const second = enter('second');
  expect(() => places.acquire()).toThrow('The server is full');
  giveBack();
  giveBack();
  (await first)();
  (await second)();
  expect(order).toEqual(['first', 'second']);
  expect([places.acquired, places.queued]).toEqual([0, 0]);
});

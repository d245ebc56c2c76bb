import { expect, it } from 'vitest';
import { createPlaces } from './semaphore.ts';

it('gives each place to the longest waiting, and turns away whom the queue has no room for', async () => {
  const places = createPlaces({ places: 1, queue: 2 });
  const giveBack = await places.take();
  const order: string[] = [];
  const enter = async (name: string) => {
    const give = await places.take();
    order.push(name);
    return give;
  };
  const first = enter('first');
  const second = enter('second');
  expect(() => places.take()).toThrow('The server is full');
  giveBack();
  giveBack();
  (await first)();
  (await second)();
  expect(order).toEqual(['first', 'second']);
  expect([places.taken, places.waiting]).toEqual([0, 0]);
});

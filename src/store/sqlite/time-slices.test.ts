import { expect, it } from 'vitest';
import { createTimeSlices } from './time-slices.ts';

it('runs work in order, and lets the event loop turn in between', async () => {
  const inTurn = createTimeSlices();
  const order: number[] = [];
  let turns = 0;
  const count = () => {
    turns += 1;
    if (order.length < 20) setImmediate(count);
  };
  setImmediate(count);
  const busy = (n: number) => () => {
    const end = performance.now() + 3;
    while (performance.now() < end);
    order.push(n);
    return n;
  };
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => inTurn(busy(n))));
  expect(results).toEqual(order);
  expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n));
  // Two of them fill a slice.
  expect(turns).toBeGreaterThanOrEqual(9);
});

it('rejects only the failed caller, and continues', async () => {
  const inTurn = createTimeSlices();
  const broken = inTurn(() => {
    throw new Error('broken');
  });
  const after = inTurn(() => 'after');
  await expect(broken).rejects.toThrow('broken');
  expect(await after).toBe('after');
  expect(await inTurn(() => 'later')).toBe('later');
});

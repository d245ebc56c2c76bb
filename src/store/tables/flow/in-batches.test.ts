import { describe, expect, it } from 'vitest';
import { inBatches } from './in-batches.ts';

describe('calls in batches', () => {
  it('share the work of those that come while it is in progress, each with its own outcome', async () => {
    const batches: (readonly number[])[] = [];
    const half = inBatches(async (inputs: readonly number[]) => {
      batches.push(inputs);
      await new Promise((resolve) => setImmediate(resolve));
      return inputs.map((n) => (n % 2 === 0 ? { value: n / 2 } : { error: new Error(`${n} is odd`) }));
    }, 3);
    const results = await Promise.allSettled([2, 3, 4, 6, 8].map((n) => half(n)));
    expect(batches).toEqual([[2], [3, 4, 6], [8]]);
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
      1,
      '3 is odd',
      2,
      3,
      4,
    ]);
  });

  it('all fail when their batch does, and the next one is done all the same', async () => {
    let fails = true;
    const echo = inBatches(async (inputs: readonly number[]) => {
      if (fails) throw new Error('no connection');
      return inputs.map((value) => ({ value }));
    }, 10);
    await expect(echo(1)).rejects.toThrow('no connection');
    fails = false;
    expect(await echo(2)).toBe(2);
  });
});

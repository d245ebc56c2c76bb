import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenBuckets } from './token-buckets.ts';

const RATE = { size: 3, perMs: 1 / 100 };

function start(most = 100) {
  let now = 1_000_000;
  const buckets = createTokenBuckets({ clock: { now: () => new Date(now) }, maxBuckets: most });
  const pass = (ms: number) => {
    now += ms;
  };
  return { buckets, pass };
}

describe('token buckets', () => {
  it('grant their tokens, then return the time until the next one', () => {
    const { buckets, pass } = start();
    expect([1, 2, 3, 4].map(() => buckets.take('a', RATE))).toEqual([0, 0, 0, 100]);
    pass(60);
    expect(buckets.take('a', RATE)).toBe(40);
    pass(40);
    expect(buckets.take('a', RATE)).toBe(0);
  });

  it('are separate for each key', () => {
    const { buckets } = start();
    for (let i = 0; i < 3; i++) buckets.take('a', RATE);
    expect(buckets.take('b', RATE)).toBe(0);
    expect(buckets.take('a', RATE)).toBeGreaterThan(0);
  });

  it('take a token back, but never hold more than their size', () => {
    const { buckets } = start();
    buckets.take('a', RATE);
    buckets.refund('a', RATE);
    buckets.refund('a', RATE);
    expect([1, 2, 3, 4].map(() => buckets.take('a', RATE) === 0)).toEqual([true, true, true, false]);
  });

  it('lose nothing when the clock is set back', () => {
    const { buckets, pass } = start();
    buckets.take('a', RATE);
    pass(-3_600_000);
    expect(buckets.take('a', RATE)).toBe(0);
  });

  it('are evicted when there are too many, the longest unused first', () => {
    const { buckets } = start(2);
    for (let i = 0; i < 3; i++) buckets.take('a', RATE);
    buckets.take('b', RATE);
    expect(buckets.take('a', RATE)).toBeGreaterThan(0);
    buckets.take('c', RATE);
    buckets.take('d', RATE);
    expect(buckets.take('a', RATE)).toBe(0);
  });

  it('never grant more than their size plus the refilled tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), (waits) => {
        const { buckets, pass } = start();
        let [taken, elapsed] = [0, 0];
        for (const wait of waits) {
          pass(wait);
          elapsed += wait;
          if (buckets.take('a', RATE) === 0) taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(RATE.size + elapsed * RATE.perMs + 1e-9);
      }),
    );
  });

  it('grant together what one process would, when several share a rate, however the requests are spread', () => {
    const request = fc.record({ node: fc.nat({ max: 2 }), waitMs: fc.integer({ min: 0, max: 400 }) });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 100 }), (requests) => {
        let now = 1_000_000;
        const clock = { now: () => new Date(now) };
        const nodes = Array.from({ length: 3 }, () =>
          createTokenBuckets({ clock, maxBuckets: 100, countNodes: () => 3 }),
        );
        const began = now;
        let granted = 0;
        for (const { node, waitMs } of requests) {
          now += waitMs;
          if (nodes[node]?.take('a', RATE) === 0) granted += 1;
        }
        expect(granted).toBeLessThanOrEqual(RATE.size + (now - began) * RATE.perMs + 1e-9);
      }),
    );
  });

  it('grant at least one token at a time, however many processes share the rate', () => {
    const buckets = createTokenBuckets({ clock: { now: () => new Date(0) }, maxBuckets: 100, countNodes: () => 10 });
    expect([1, 2].map(() => buckets.take('a', RATE))).toEqual([0, 1_000]);
  });
});

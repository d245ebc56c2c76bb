import { expect, it } from 'vitest';
import { backoffDelayMs } from './backoff.ts';

const longest = { baseMs: 100, maxMs: 350, random: () => 1 };

it('doubles the delay after each attempt, up to the maximum', () => {
  expect([1, 2, 3, 60].map((attempts) => backoffDelayMs(attempts, longest))).toEqual([100, 200, 350, 350]);
});

it('draws the upper half of the delay at random', () => {
  expect(backoffDelayMs(1, { ...longest, random: () => 0 })).toBe(50);
  const drawn = backoffDelayMs(2, { baseMs: 100, random: Math.random });
  expect(drawn).toBeGreaterThanOrEqual(100);
  expect(drawn).toBeLessThanOrEqual(200);
});

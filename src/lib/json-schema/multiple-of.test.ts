import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isMultipleOf } from './multiple-of.ts';

it.each([
  [35.41, 0.01, true],
  [35.415, 0.01, false],
  [4.35, 0.01, true],
  [0.3, 0.1, true],
  [-1.1, 0.1, true],
  [0, 0.01, true],
  [19.99, 0.005, true],
  [1e21, 10, true],
  [1e300, 0.01, true],
  [1e-7, 1e-8, true],
  [1e-8, 1e-7, false],
  [7, 2.5, false],
  [7.5, 2.5, true],
  [9_007_199_254_740_991, 2, false],
  [1e308, 0.123456789, false],
  [Number.POSITIVE_INFINITY, 2, false],
])('%d is a multiple of %d: %s', (value, divisor, expected) => {
  expect(isMultipleOf(value, divisor)).toBe(expected);
});

it('holds for each product of the divisor and a whole number, and for none between', () => {
  const cents = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(
      cents,
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.integer({ min: 0, max: 6 }),
      (step, n, places) => {
        const decimal = (digits: number) => Number(`${digits}e-${places}`);
        expect(isMultipleOf(decimal(step * n), decimal(step))).toBe(true);
        if (step > 1) expect(isMultipleOf(decimal(step * n + 1), decimal(step))).toBe(false);
      },
    ),
  );
});

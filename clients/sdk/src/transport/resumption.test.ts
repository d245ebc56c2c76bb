import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './resumption.ts';

describe('the delay after failures in a row', () => {
  it('is never zero, and at most about half a minute', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const ms = backoffMs(failures, random);
          expect(ms).toBeGreaterThanOrEqual(50);
          expect(ms).toBeLessThanOrEqual(30_050);
        },
      ),
    );
  });

  it('doubles its maximum, and is spread over the whole range', () => {
    expect([1, 2, 3].map((failures) => backoffMs(failures, 1))).toEqual([300, 550, 1050]);
    expect([0, 0.5, 1].map((random) => backoffMs(3, random))).toEqual([50, 550, 1050]);
  });
});

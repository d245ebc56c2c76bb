import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptResult, outcomeOf } from './attempt-delivery.ts';

const NOW = new Date('2026-05-04T03:02:01.000Z');
const REFUSED: AttemptResult = { type: 'REFUSED', status: 503, error: 'The receiver answered 503.' };

describe('a delivery that fails', () => {
  it('is tried for a day, at first after seconds, and then has failed', () => {
    let at = NOW;
    const waits: number[] = [];
    for (let attempts = 1; attempts < 20; attempts += 1) {
      const { state, nextAt } = outcomeOf(REFUSED, attempts, at, 0);
      if (!nextAt) {
        expect(state).toBe('FAILED');
        break;
      }
      waits.push((nextAt.getTime() - at.getTime()) / 1_000);
      at = nextAt;
    }
    expect(waits).toEqual([5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800]);
    const hours = (at.getTime() - NOW.getTime()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThan(25);
  });

  it('waits at least as long as the receiver asks for, and a tenth longer at random', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(3_600_000),
        (attempts, random, retryAfterMs) => {
          const wait = (more: object, by: number) =>
            (outcomeOf({ ...REFUSED, ...more }, attempts, NOW, by).nextAt?.getTime() ?? 0) - NOW.getTime();
          const least = wait({}, 0);
          expect(wait({}, random)).toBeGreaterThanOrEqual(least);
          expect(wait({}, random)).toBeLessThanOrEqual(least * 1.1 + 1);
          expect(wait({ retryAfterMs }, random)).toBe(Math.max(wait({}, random), retryAfterMs));
        },
      ),
    );
  });

  it.each([[{ type: 'GONE', status: 410 }], [{ type: 'ACCOUNT' }], [{ type: 'INVISIBLE' }]] as const)(
    'is not tried again after %j',
    (result) => {
      expect(outcomeOf(result, 1, NOW, 0)).toMatchObject({ state: 'FAILED', lastError: expect.any(String) });
      expect(outcomeOf(result, 1, NOW, 0)).not.toHaveProperty('nextAt');
    },
  );
});

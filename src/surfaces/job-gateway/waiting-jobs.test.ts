import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWaitingJobs } from './waiting-jobs.ts';

const MINUTE_MS = 60_000;
const account = (subject: string) => ({ tenant: 'default', subject });

describe('jobs that wait on the bus', () => {
  /** How many jobs of the account may wait in addition. */
  const deferMany = (waiting: ReturnType<typeof createWaitingJobs>, subject: string, count = 2_000) =>
    Array.from({ length: count }).filter(() => waiting.defer(account(subject), 20)).length;

  it('of one account leave room for those of others, however many accounts ask for too much', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (greedy) => {
        const waiting = createWaitingJobs({ clock: { now: () => new Date(0) } });
        const counts = Array.from({ length: greedy }, (_, i) => deferMany(waiting, `greedy-${i}`));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(512);
        if (greedy <= 8) expect(deferMany(waiting, 'other', 1)).toBe(1);
      }),
    );
  });

  it('count until they have come again', () => {
    let now = 0;
    const waiting = createWaitingJobs({ clock: { now: () => new Date(now) } });
    const first = deferMany(waiting, 'greedy');
    expect(first).toBe(256);
    expect(deferMany(waiting, 'greedy')).toBe(0);
    now += MINUTE_MS;
    expect(deferMany(waiting, 'greedy')).toBe(first);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ThreadTimes } from './process-tree.ts';
import { limitTime } from './program-clock.ts';

type Rates = { readonly cpu: number; readonly wait: number };

describe('the time of a program', () => {
  let exceededAt: number | undefined;
  let reads: number;
  beforeEach(() => {
    vi.useFakeTimers();
    exceededAt = undefined;
    reads = 0;
  });
  afterEach(() => vi.useRealTimers());

  /** Threads that compute and wait at a constant rate, from the given time on. @returns when 10 s are exceeded, in seconds */
  const limitAt = async (threads: readonly Rates[], { beginsAt = 0, forMs = 200_000 } = {}) => {
    const read = () => {
      reads += 1;
      const ms = performance.now() - beginsAt;
      if (ms < 0) return undefined;
      const times = threads.map(({ cpu, wait }): ThreadTimes => ({ cpuMs: cpu * ms, waitMs: wait * ms }));
      return new Map(times.map((each, i) => [`${i}`, each]));
    };
    const began = performance.now();
    const end = limitTime(read, 10_000, () => {
      exceededAt = Math.floor((performance.now() - began) / 1_000);
    });
    await vi.advanceTimersByTimeAsync(forMs);
    end();
    return exceededAt;
  };

  it.each<[string, number, readonly Rates[]]>([
    ['is its CPU time on a machine that is not busy', 10, [{ cpu: 1, wait: 0 }]],
    ['does not count the waiting for a processor', 40, [{ cpu: 0.25, wait: 0.75 }]],
    ['counts sleeping', 10, [{ cpu: 0, wait: 0 }]],
    [
      'counts sleeping of a program whose other thread waits',
      20,
      [
        { cpu: 0, wait: 0 },
        { cpu: 0.5, wait: 0.5 },
      ],
    ],
    [
      'is the CPU time of all processes if that is more',
      5,
      [
        { cpu: 1, wait: 0 },
        { cpu: 1, wait: 0 },
      ],
    ],
    ['counts where the kernel measures nothing', 10, []],
    ['ends if the program gets no processor at all', 160, [{ cpu: 0, wait: 1 }]],
  ])('%s', async (_, seconds, threads) => {
    expect(await limitAt(threads)).toBe(seconds);
  });

  it('begins with the first instruction, however late that is', async () => {
    expect(await limitAt([{ cpu: 1, wait: 0 }], { beginsAt: performance.now() + 30_000 })).toBe(40);
  });

  it('is not limited any longer once the limit is ended', async () => {
    expect(await limitAt([{ cpu: 1, wait: 0 }], { forMs: 5_000 })).toBeUndefined();
    const before = reads;
    await vi.advanceTimersByTimeAsync(100_000);
    expect([exceededAt, reads]).toEqual([undefined, before]);
  });
});

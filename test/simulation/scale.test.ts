import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventQueue } from '../../bench/scale/event-queue.ts';
import type { Costs, SimulationOptions } from '../../bench/scale/model.ts';
import { simulate } from '../../bench/scale/simulate.ts';

const COSTS: Costs = {
  ...{ jobMs: 0.3, forwardMs: 0, heartbeatMs: 0, appends: 4, commitMs: 2, appendMs: 0.1 },
  ...{ messageMs: 0, keptMessageMs: 0, hopMs: 0.25, keepMs: 1 },
};
const OPTIONS: SimulationOptions = {
  costs: COSTS,
  topology: { cells: 2, nodesPerCell: 2, busCores: 4 },
  workload: { workers: 4_000, pools: 2, jobsPerSecond: 400, jobMs: 1_000, heartbeatMs: 5_000, sharing: 'own' },
  ...{ seconds: 10, seed: 1 },
};
const run = (changes: Partial<SimulationOptions> = {}) => simulate({ ...OPTIONS, ...changes });

describe('the simulation of many workers', () => {
  it('is the same for the same seed, and another one for another', () => {
    const summary = (seed: number) => JSON.stringify(run({ seed }));
    expect(summary(7)).toBe(summary(7));
    expect(summary(7)).not.toBe(summary(8));
  });

  it('takes the time that its parts take when nothing waits, and ends as many jobs as arrive', () => {
    const workload = { ...OPTIONS.workload, jobsPerSecond: 4 };
    const { others, first } = run({ workload, seconds: 200 });
    // A third of the CPU time, then a commit of one append; two commits, the second third and two hops until it starts.
    expect(others.accepted.quantile(0.5)).toBeCloseTo(0.1 + 2.1, 0);
    expect(others.started.quantile(0.5)).toBeCloseTo(2 * (0.1 + 2.1) + 0.5, 0);
    expect(others.recorded.count + first.recorded.count).toBeGreaterThan(700);
    expect(others.misplaced).toBe(0);
  });

  it('falls behind when a database gets more than it can commit', () => {
    // 4 appends of a job take 0.4 ms at least, in each of two cells.
    const workload = { ...OPTIONS.workload, workers: 40_000, jobsPerSecond: 6_000 };
    const { jobs, others } = run({ workload, seconds: 5 });
    expect(jobs / 5).toBeLessThan(5_100);
    expect(others.accepted.quantile(0.99)).toBeGreaterThan(100);
  });

  it('sends jobs to busy workers if nodes share them and do not know of the jobs of each other', () => {
    const workload = { ...OPTIONS.workload, workers: 800, jobsPerSecond: 400 };
    const misplaced = (sharing: 'own' | 'all' | 'registry') =>
      run({ workload: { ...workload, sharing } }).others.misplaced;
    expect(misplaced('own')).toBe(0);
    expect(misplaced('all')).toBeGreaterThan(100);
    // As the nodes of today share them: by the hash of node and worker.
    expect(misplaced('registry')).toBe(0);
  });

  it.each([
    { kind: 'database stops', atMs: 1_000, durationMs: 3_000 },
    { kind: 'node dies', atMs: 1_000 },
    { kind: 'workers die', atMs: 1_000, share: 0.2 },
  ] as const)('recovers when a $kind, and the other cell notices nothing', (incident) => {
    const { first, others } = run({ incident, seconds: 60 });
    expect(first.lateUntil).toBeGreaterThan(1_000);
    expect(first.lateUntil).toBeLessThan(40_000);
    expect(others.lateUntil).toBe(0);
    expect(first.recorded.count).toBeGreaterThan(0.9 * others.recorded.count);
  });
});

it('the queue of events is in order of time, then of addition', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 200 }), (times) => {
      const queue = createEventQueue();
      for (const [subject, at] of times.entries()) queue.add(at, 0, subject);
      const order = times.map(() => queue.take().subject);
      expect(order).toEqual([...times.keys()].toSorted((a, b) => (times[a] as number) - (times[b] as number) || a - b));
      expect(queue.size).toBe(0);
    }),
  );
});

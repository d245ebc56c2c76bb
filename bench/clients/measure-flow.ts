import { join } from 'node:path';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';
import type { SignedIn } from '../../src/core/principal.ts';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { until } from '../../test/support/until.ts';
import { type BenchOptions, figure, median } from '../load/figure.ts';
import { BENCH_PRINCIPAL, type OpenEngine, openEngine } from '../load/open-engine.ts';

const STARTS_AT_ONCE = 64;
const WAIT_MS = 60_000;
const OTHER: SignedIn = { ...BENCH_PRINCIPAL, tenant: 'other', subject: 'other', username: 'other' };
const ROUNDS = 3;

const document = (name: string, flow: object, step: object) => ({
  ...{ name, inputs: { k: 'string' }, ...flow },
  steps: [{ id: 'a', ...step }],
});
const noop = { kind: 'command', command: 'noop', input: {} };

/** Runs a workflow `count` times, each with another key, and waits for their ends. @returns runs a second */
async function rateOf({ engine }: OpenEngine, name: string, count: number): Promise<number> {
  const began = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      const inputs = { k: `key ${next}` };
      const { run } = await engine.startWorkflow(BENCH_PRINCIPAL, { source: { name }, inputs, waitMs: WAIT_MS });
      if (run.state !== 'SUCCEEDED') throw new Error(`a run is ${run.state}`);
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, lane));
  return (count * 1_000) / (performance.now() - began);
}

/** A queue of `count` runs of one tenant that wait behind one, and the time of a run of another tenant from its start to its end. */
async function measureOtherTenant({ engine, store }: OpenEngine, kind: string, count: number): Promise<void> {
  const concurrency = { key: 'all', limit: 1 };
  const hold = document('hold', { concurrency }, { kind: 'sleep', input: { ms: 3_600_000 } });
  await engine.saveWorkflow(BENCH_PRINCIPAL, { document: hold });
  await engine.saveWorkflow(OTHER, { document: document('one', { concurrency }, noop) });
  let next = 0;
  const lane = async () => {
    while (next <= count) {
      next += 1;
      await engine.startWorkflow(BENCH_PRINCIPAL, { source: { name: 'hold' }, inputs: { k: '' } });
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, lane));
  const key = { tenant: BENCH_PRINCIPAL.tenant, workflow: 'hold', key: 'all' };
  await until('they wait', async () => (await store.flowTickets.nextKey(key.tenant, new Date()))?.key === 'all');
  const times: number[] = [];
  for (let i = 0; i < 20; i += 1) {
    const began = performance.now();
    const request = { source: { name: 'one' }, inputs: { k: '' }, waitMs: WAIT_MS };
    const { run } = await engine.startWorkflow(OTHER, request);
    if (run.state !== 'SUCCEEDED') throw new Error(`the run of the other tenant is ${run.state}`);
    times.push(performance.now() - began);
  }
  const metric = `a run of another tenant next to ${count} that wait, start to end, ${kind}`;
  figure({ bench: 'triggers', metric, value: median(times), unit: 'ms', n: times.length });
  figure({ bench: 'triggers', metric: `${metric}, slowest`, value: Math.max(...times), unit: 'ms', n: times.length });
}

/** Runs of a workflow with `concurrency` by 10,000 keys, next to the same without; and a long queue next to a run of another tenant. */
export async function measureFlow({ quick }: BenchOptions): Promise<void> {
  const count = quick ? 1_000 : 10_000;
  for (const kind of ['sqlite', 'postgres'] as const) {
    await using folder = await createTempFolder();
    const scratch = kind === 'postgres' ? await createScratchDatabase() : undefined;
    try {
      await using on = await openEngine(scratch?.url ?? join(folder.path, 'signalbox.db'));
      const concurrency = { key: '{{ k }}', limit: 1 };
      await on.engine.saveWorkflow(BENCH_PRINCIPAL, { document: document('keyed', { concurrency }, noop) });
      await on.engine.saveWorkflow(BENCH_PRINCIPAL, { document: document('plain', {}, noop) });
      await rateOf(on, 'plain', 200);
      await rateOf(on, 'keyed', 200);
      const keyed: number[] = [];
      const plain: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        plain.push(await rateOf(on, 'plain', count / ROUNDS));
        keyed.push(await rateOf(on, 'keyed', count));
      }
      figure({
        bench: 'triggers',
        metric: `concurrency by ${count} keys, ${kind}`,
        ...{ value: median(keyed), unit: 'runs/s', n: count * ROUNDS },
        peer: { name: 'without concurrency', value: median(plain) },
      });
      await measureOtherTenant(on, kind, count);
    } finally {
      await scratch?.remove();
    }
  }
}

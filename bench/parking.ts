import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { type BenchOptions, figure, quantile } from './load/figure.ts';
import { PRODUCTION_FLAGS } from './load/measure.ts';
import type { ParkingOrder, ParkingSample } from './load/parking-child.ts';

const MAX_GROWTH_MIB = 20;
const MAX_LATENESS_MS = 1_000;

/**
 * 100,000 runs that wait (10,000 if quick), on SQLite: what they cost in memory once caches are full, when they continue, and what a start
 * costs.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const n = quick ? 10_000 : 100_000;
  await using folder = await createTempFolder();
  const order = { url: join(folder.path, 'bench.db'), warmUp: 10_000, timed: 500 };
  const filled = await measure({ ...order, waiting: n });
  const restarted = await measure({ ...order, waiting: 0 });
  await using other = await createTempFolder();
  const empty = await measure({ ...order, url: join(other.path, 'bench.db'), waiting: 0, timed: 0, warmUp: 0 });

  const bench = 'parking';
  figure({
    ...{ bench, metric: `RSS that ${n} waiting runs add`, value: filled.growthMiB, unit: 'MiB', n },
    peer: { name: 'maximum', value: MAX_GROWTH_MIB },
  });
  figure({ bench, metric: `runs that begin to wait, ${n} in all`, value: n / filled.seconds, unit: '/s', n });
  const late = [...filled.lateMs, ...restarted.lateMs];
  figure({
    ...{
      bench,
      metric: `lateness p99 next to ${n} waiting runs`,
      value: quantile(late, 0.99),
      unit: 'ms',
      n: late.length,
    },
    peer: { name: 'maximum', value: MAX_LATENESS_MS },
  });
  figure({
    ...{ bench, metric: `start with ${n} waiting runs`, value: restarted.startMs, unit: 'ms', n: 1 },
    peer: { name: 'start with none', value: empty.startMs },
  });
}

async function measure(order: ParkingOrder): Promise<ParkingSample> {
  const child = fork(join(import.meta.dirname, 'load/parking-child.ts'), [JSON.stringify(order)], {
    execArgv: [...PRODUCTION_FLAGS],
  });
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The measured process ended with ${code}; its output says why.`);
    });
    const [sample] = (await Promise.race([once(child, 'message'), ended])) as [ParkingSample];
    ended.catch(() => undefined);
    return sample;
  } finally {
    child.kill('SIGKILL');
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { type BenchOptions, figure } from './load/figure.ts';
import { PRODUCTION_FLAGS } from './load/measure.ts';
import type { MemoryOrder } from './load/memory-child.ts';

const CONCURRENCY = 200;
const RUN_COUNTS = {
  full: { first: 20_000, middle: 110_000, last: 200_000 },
  quick: { first: 6_000, middle: 12_000, last: 18_000 },
};
const MAX_GROWTH_RATIO = 1.1;

/**
 * 200,000 workflows of three steps (18,000 if quick) through one process on SQLite, with the memory limits of a server: its memory after
 * a tenth or a third of them, when everything is warm, and at the end. A leak would show in between.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const counts = quick ? RUN_COUNTS.quick : RUN_COUNTS.full;
  await using folder = await createTempFolder();
  const order: MemoryOrder = {
    module: new URL('load/engine-subject.ts', import.meta.url).href,
    url: join(folder.path, 'bench.db'),
    concurrency: CONCURRENCY,
    marks: [counts.first, counts.middle, counts.last],
  };
  const child = fork(join(import.meta.dirname, 'load/memory-child.ts'), [JSON.stringify(order)], {
    execArgv: [...PRODUCTION_FLAGS],
  });
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The measured process ended with ${code}; its output says why.`);
    });
    const [samples] = (await Promise.race([once(child, 'message'), ended])) as [readonly number[]];
    ended.catch(() => undefined);
    const [first = Number.NaN, middle = Number.NaN, last = Number.NaN] = samples;
    const bench = 'memory';
    for (const [n, value] of [
      [counts.first, first],
      [counts.middle, middle],
      [counts.last, last],
    ] as const) {
      figure({ bench, metric: `RSS after ${n} runs, SQLite, ${CONCURRENCY} concurrent`, value, unit: 'MiB', n });
    }
    figure({
      bench,
      metric: `RSS after ${counts.last} runs, relative to that after ${counts.first}`,
      value: last / first,
      unit: '×',
      n: counts.last,
      peer: { name: 'maximum', value: MAX_GROWTH_RATIO },
    });
  } finally {
    child.kill('SIGKILL');
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { figure } from './load/figure.ts';
import { PRODUCTION_FLAGS } from './load/measure.ts';
import type { MemoryOrder } from './load/memory-child.ts';

const CONCURRENCY = 200;
const RUN_COUNTS = { first: 20_000, middle: 110_000, last: 200_000 };
const MAX_GROWTH_RATIO = 1.1;

/**
 * 200,000 workflows of three steps through one process on SQLite, with the memory limits of a server: its memory after
 * 20,000, when everything is warm, and at the end. A leak would show in between.
 */
export async function main(): Promise<void> {
  await using folder = await createTempFolder();
  const order: MemoryOrder = {
    module: new URL('load/engine-subject.ts', import.meta.url).href,
    url: join(folder.path, 'bench.db'),
    concurrency: CONCURRENCY,
    marks: [RUN_COUNTS.first, RUN_COUNTS.middle, RUN_COUNTS.last],
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
      [RUN_COUNTS.first, first],
      [RUN_COUNTS.middle, middle],
      [RUN_COUNTS.last, last],
    ] as const) {
      figure({ bench, metric: `RSS after ${n} runs, SQLite, ${CONCURRENCY} concurrent`, value, unit: 'MiB', n });
    }
    figure({
      bench,
      metric: `RSS after ${RUN_COUNTS.last} runs, relative to that after ${RUN_COUNTS.first}`,
      value: last / first,
      unit: '×',
      n: RUN_COUNTS.last,
      peer: { name: 'maximum', value: MAX_GROWTH_RATIO },
    });
  } finally {
    child.kill('SIGKILL');
  }
}

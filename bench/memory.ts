import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { newFolder } from '../test/support/temp-folder.ts';
import { figure } from './load/figure.ts';
import { PRODUCTION_FLAGS } from './load/measure.ts';
import type { MemoryOrder } from './load/memory-child.ts';

const CONCURRENCY = 200;
const RUNS = { first: 20_000, middle: 110_000, last: 200_000 };
const MOST_GROWTH = 1.1;

/**
 * 200,000 workflows of three steps through one process on SQLite, with the memory limits of a server: what it has after
 * 20,000, when everything is warm, and at the end. What it keeps for good would show in between.
 */
export async function main(): Promise<void> {
  await using folder = await newFolder();
  const order: MemoryOrder = {
    module: new URL('load/engine-subject.ts', import.meta.url).href,
    url: join(folder.path, 'bench.db'),
    concurrency: CONCURRENCY,
    marks: [RUNS.first, RUNS.middle, RUNS.last],
  };
  const child = fork(join(import.meta.dirname, 'load/memory-child.ts'), [JSON.stringify(order)], {
    execArgv: [...PRODUCTION_FLAGS],
  });
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The measured process ended with ${code}; its output says why.`);
    });
    const [found] = (await Promise.race([once(child, 'message'), ended])) as [readonly number[]];
    ended.catch(() => undefined);
    const [first = Number.NaN, middle = Number.NaN, last = Number.NaN] = found;
    const bench = 'memory';
    for (const [n, value] of [
      [RUNS.first, first],
      [RUNS.middle, middle],
      [RUNS.last, last],
    ] as const) {
      figure({ bench, metric: `RSS after ${n} runs, SQLite, ${CONCURRENCY} concurrent`, value, unit: 'MiB', n });
    }
    figure({
      bench,
      metric: `RSS after ${RUNS.last} runs, as a share of that after ${RUNS.first}`,
      value: last / first,
      unit: '×',
      n: RUNS.last,
      peer: { name: 'most', value: MOST_GROWTH },
    });
  } finally {
    child.kill('SIGKILL');
  }
}

import { measureStart } from './cli/measure-start.ts';
import { measureTree } from './cli/measure-tree.ts';
import type { BenchOptions } from './load/figure.ts';

/** The command line: how long it takes to start, and what it costs to watch a run. */
export async function main(options: BenchOptions): Promise<void> {
  await measureStart(options);
  await measureTree(options);
}

import { measureFirstView } from './dashboard/first-view.ts';
import { measureGraph } from './dashboard/graph.ts';
import { measureLongLog } from './dashboard/long-log.ts';
import { measureRunList } from './dashboard/run-list.ts';
import { measureUnderLoad } from './dashboard/under-load.ts';
import type { BenchOptions } from './load/figure.ts';

/** The dashboard in Chromium: its first view, long logs, graphs, a run and a list of runs under load. */
export async function main(options: BenchOptions): Promise<void> {
  await measureFirstView(options);
  await measureLongLog(options);
  await measureGraph(options);
  await measureUnderLoad(options);
  await measureRunList(options);
}

import { measureFirstView } from './dashboard/first-view.ts';
import { measureLongLog } from './dashboard/long-log.ts';
import { measureUnderLoad } from './dashboard/under-load.ts';
import type { BenchOptions } from './load/figure.ts';

/** The dashboard in Chromium: what its first view costs, and how fast a long log is there. */
export async function main(options: BenchOptions): Promise<void> {
  await measureFirstView(options);
  await measureLongLog(options);
  await measureUnderLoad(options);
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createScratchDatabase } from '../scripts/scratch-database.ts';
import { startServer, tokenFor } from '../test/support/server.ts';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { awaitTextIndex, fillRuns } from './clients/fill-runs.ts';
import { measureLists, measureStats } from './clients/measure-lists.ts';
import { fillLog, measureLog } from './clients/measure-logs.ts';
import { measureUpdates } from './clients/measure-updates.ts';
import type { BenchOptions } from './load/figure.ts';
import { openFilledStore } from './load/growth-store.ts';

const FULL = { runs: 1_000_000, rounds: 40 };
const QUICK = { runs: 20_000, rounds: 5 };

/**
 * What clients that show runs ask for: lists by each filter, and statistics, over 1,000,000 runs (20,000 if quick) that are filled in bulk, on both
 * databases; a log of 50,000 lines; and lists that are kept current while 2,000 runs a second are recorded.
 */
export async function main(options: BenchOptions): Promise<void> {
  for (const kind of ['sqlite', 'postgres'] as const) await measureDatabase(kind, options.quick ? QUICK : FULL);
  await measureUpdates(options);
}

async function measureDatabase(kind: 'sqlite' | 'postgres', { runs, rounds }: typeof FULL): Promise<void> {
  await using folder = await createTempFolder();
  await using opened = new AsyncDisposableStack();
  const subject = async (name: string) => {
    const dataDir = join(folder.path, name);
    await mkdir(dataDir);
    const scratch = kind === 'postgres' ? await createScratchDatabase() : undefined;
    if (scratch) opened.defer(() => scratch.remove());
    const target = { kind, location: scratch?.url ?? join(dataDir, 'signalbox.db') };
    // Creates the tables.
    await (await openFilledStore(target)).close();
    return {
      target,
      start: async () => opened.use(await startServer({ dataDir, env: scratch ? { DATABASE_URL: scratch.url } : {} })),
    };
  };
  const [large, none] = [await subject('filled'), await subject('empty')];
  const range = await fillRuns(large.target, runs);
  const logged = await fillLog(large.target);
  const [filled, empty] = [await large.start(), await none.start()];
  await awaitTextIndex(large.target, runs);
  const token = await tokenFor('bench', { roles: ['admin'] });
  const lists = { kind, runs, rounds, range, filled, empty, token };
  await measureLists(lists);
  await measureStats(lists);
  await measureLog(lists, logged);
}

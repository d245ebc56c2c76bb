import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { startServer, tokenFor } from '../../test/support/server.ts';
import { type BenchOptions, figure, median } from '../load/figure.ts';

const ROUNDS = { full: 21, quick: 5 };
/** What a verb may take longer than Node alone. */
const MAX_OVERHEAD_MS = 150;
const MAIN = resolve(import.meta.dirname, '../../src/main.mjs');

/** `--help`, which needs no server, and a list of runs, each in a separate process, in turns with a Node that does nothing. */
export async function measureStart({ quick }: BenchOptions): Promise<void> {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  await using server = await startServer();
  const env = {
    PATH: process.env.PATH,
    SIGNALBOX_URL: server.url,
    SIGNALBOX_TOKEN: await tokenFor('bench', { roles: ['admin'] }),
  };
  const cases = { bare: ['-e', '0'], '--help': [MAIN, '--help'], 'runs -o id': [MAIN, 'runs', '-o', 'id'] };
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  // The first round fills the caches.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, args] of Object.entries(cases)) {
      const began = performance.now();
      await promisify(execFile)(process.execPath, args, { env });
      if (round > 0) times.get(name)?.push(performance.now() - began);
    }
  }
  const bare = median(times.get('bare') ?? []);
  figure({ bench: 'cli', metric: 'node -e 0', value: bare, unit: 'ms', n: rounds });
  for (const name of ['--help', 'runs -o id']) {
    const value = median(times.get(name) ?? []) - bare;
    const peer = { name: 'maximum', value: MAX_OVERHEAD_MS };
    figure({ bench: 'cli', metric: `${name}, on top of node -e 0`, value, unit: 'ms', n: rounds, peer });
  }
}

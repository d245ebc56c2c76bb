import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { RecentLogs } from '../../clients/cli/src/watch/logs.ts';
import { createTerminalView } from '../../clients/cli/src/watch/terminal-view.ts';
import { StartRunDocument } from '../../clients/sdk/src/generated/graphql.ts';
import { createClient, unwrap } from '../../clients/sdk/src/index.ts';
import { watchRun } from '../../clients/sdk/src/live/index.ts';
import { startServer, tokenFor } from '../../test/support/server.ts';
import { type BenchOptions, figure } from '../load/figure.ts';

const STEPS = 200;
const SECONDS = { full: 10, quick: 2 };
/** Of one core. */
const MAX_PERCENT = 10;

/** The processor time of this process while it draws a run of 200 steps, which end one after the other; the server is another process. */
export async function measureTree({ quick }: BenchOptions): Promise<void> {
  const seconds = quick ? SECONDS.quick : SECONDS.full;
  await using server = await startServer();
  const client = createClient({ url: server.url, token: await tokenFor('bench', { roles: ['admin'] }) });
  const steps = Array.from({ length: STEPS }, (_, n) => ({
    id: `step_${n}`,
    kind: 'sleep',
    input: { ms: Math.round(((n + 1) / STEPS) * seconds * 1_000) },
  }));
  const source = { document: { name: 'tree', max_parallel: STEPS, steps } };
  const { id } = unwrap((await client.request(StartRunDocument, { input: { source } })).startRun);

  let bytes = 0;
  const screen = new Writable({
    write(chunk: Buffer, _, done) {
      bytes += chunk.length;
      done();
    },
  });
  Object.assign(screen, { columns: 120, rows: 50, isTTY: true });
  const view = createTerminalView(screen as WriteStream, new RecentLogs());
  const began = performance.now();
  const before = process.cpuUsage();
  for await (const model of watchRun(client, id)) view.show(model);
  view.end();
  const { user, system } = process.cpuUsage(before);
  const percent = (100 * (user + system)) / 1_000 / (performance.now() - began);
  client.close();
  const peer = { name: 'maximum', value: MAX_PERCENT };
  figure({ bench: 'cli', metric: `tree of ${STEPS} steps, of a core`, value: percent, unit: '%', n: STEPS, peer });
  figure({ bench: 'cli', metric: 'tree, written', value: bytes / seconds / 1_024, unit: 'KiB/s', n: STEPS });
}

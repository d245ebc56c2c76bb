import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { createClient } from '../clients/sdk/src/index.ts';
import { startServer, tokenFor } from '../test/support/server.ts';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { fillLog } from './clients/measure-logs.ts';
import { type BenchOptions, figure } from './load/figure.ts';
import { openFilledStore } from './load/growth-store.ts';

const MAX_SIZE = 10_240;
const MIN_EVENTS_PER_SECOND = 100_000;

/** What a program loads with the SDK, and how fast it reads 50,000 events of a real server. */
export async function main({ quick }: BenchOptions): Promise<void> {
  await measureSize();
  await measureEvents(quick ? 1 : 5);
}

async function measureSize(): Promise<void> {
  const input = join(import.meta.dirname, '../clients/sdk/src/index.ts');
  const bundle = await rolldown({ input, platform: 'browser' });
  const { output } = await bundle.generate({ minify: true });
  const peer = { name: 'maximum', value: MAX_SIZE };
  const value = gzipSync(output[0].code).length;
  figure({ bench: 'sdk', metric: 'SDK, bundled and gzipped', value, unit: 'bytes', n: 1, peer });
}

/**
 * Events a second through `client.events`: by the clock, which is what the server sends, and by the processor time of this process, which is
 * what the client can take.
 */
async function measureEvents(rounds: number): Promise<void> {
  await using folder = await createTempFolder();
  const target = { kind: 'sqlite', location: join(folder.path, 'signalbox.db') } as const;
  await (await openFilledStore(target)).close();
  const runId = await fillLog(target);
  await using server = await startServer({ dataDir: folder.path });
  const client = createClient({ url: server.url, token: await tokenFor('bench', { roles: ['admin'] }) });
  const first = await client.runs.events(runId).next();
  if (first.done) throw new Error('The bench has no log.');
  let events = 0;
  let seconds = 0;
  let cpuSeconds = 0;
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now();
    const cpu = process.cpuUsage();
    let read = 0;
    for await (const { seq } of client.events({ filter: { runId }, after: first.value.cursor })) {
      read += 1;
      if (seq > 50_000) break;
    }
    const { user, system } = process.cpuUsage(cpu);
    if (round === 0) continue;
    events += read;
    seconds += (performance.now() - began) / 1_000;
    cpuSeconds += (user + system) / 1_000_000;
  }
  client.close();
  const peer = { name: 'minimum', value: MIN_EVENTS_PER_SECOND };
  const common = { bench: 'sdk', unit: 'events/s', n: events, peer };
  figure({ ...common, metric: 'client.events, from a server on the same machine', value: events / seconds });
  figure({
    ...common,
    metric: 'client.events, per second of processor time of the client',
    value: events / cpuSeconds,
  });
}

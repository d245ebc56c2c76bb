import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { createClient } from '../clients/sdk/src/index.ts';
import { startServer, tokenFor } from '../test/support/server.ts';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { fillLog } from './clients/measure-logs.ts';
import { type BenchOptions, figure } from './load/figure.ts';
import { openFilledStore } from './load/growth-store.ts';

const SOURCES = join(import.meta.dirname, '../clients/sdk/src');
const PAGE = 'page.js';
const MAX_SIZE = 10_240;
/** What the hooks add to that, without React. */
const MAX_HOOKS_SIZE = 3_072;
const MIN_EVENTS_PER_SECOND = 100_000;

/** What a program loads with the SDK, and how fast it reads 50,000 events of a real server. */
export async function main({ quick }: BenchOptions): Promise<void> {
  await measureSize();
  await measureEvents(quick ? 1 : 5);
}

async function measureSize(): Promise<void> {
  const common = { bench: 'sdk', unit: 'bytes', n: 1 };
  const size = await sizeOf('index.ts');
  const hooks = (await sizeOf('index.ts', 'react/index.ts')) - size;
  figure({ ...common, metric: 'SDK, bundled and gzipped', value: size, peer: { name: 'maximum', value: MAX_SIZE } });
  figure({
    ...common,
    metric: 'what the hooks for React add to it',
    value: hooks,
    peer: { name: 'maximum', value: MAX_HOOKS_SIZE },
  });
}

/** Gzipped bytes of a page that loads these modules of the SDK, without React. */
async function sizeOf(...modules: readonly string[]): Promise<number> {
  const page = modules.map((file) => `export * from '${join(SOURCES, file)}';`).join('\n');
  const bundle = await rolldown({
    input: PAGE,
    platform: 'browser',
    external: ['react'],
    plugins: [
      { name: 'page', resolveId: (id) => (id === PAGE ? id : null), load: (id) => (id === PAGE ? page : null) },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  return gzipSync(output[0].code).length;
}

/**
 * Events a second through `client.events`: by the clock, which is what the server sends, and by the processor time of the client and of the
 * server, which is what each of them could do on a machine that is not busy with something else.
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
  let serverSeconds = 0;
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now();
    const cpu = process.cpuUsage();
    const serverMs = await server.mainThreadMs();
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
    serverSeconds += ((await server.mainThreadMs()) - serverMs) / 1_000;
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
  figure({
    ...common,
    metric: 'client.events, per second of processor time of the main thread of the server',
    value: events / serverSeconds,
  });
}

import { openStore } from '../../src/store/open-store.ts';
import { rssMiB } from './closed-loop.ts';

export interface Replay {
  readonly events: number;
  readonly seconds: number;
  /** Of the processor, on the main thread. */
  readonly cpuSeconds: number;
  readonly rssMiB: number;
}

/** Reads a journal from its beginning until it has caught up, and sends the duration. */
async function main(file: string): Promise<void> {
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const store = await openStore({ database: { kind: 'sqlite', file }, logger });
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const cpuBefore = process.threadCpuUsage();
  const began = performance.now();
  let events = 0;
  let position = 0;
  for await (const batch of store.journal.read(0, {}, { tenant: 'default' }, options)) {
    events += batch.events.length;
    for (const event of batch.events) {
      if (event.position !== position + 1)
        throw new Error(`Expected event ${position + 1}, but read ${event.position}.`);
      position = event.position;
    }
    if (batch.caughtUp) break;
  }
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.threadCpuUsage(cpuBefore);
  stop.abort();
  const result: Replay = { events, seconds, cpuSeconds: (user + system) / 1e6, rssMiB: rssMiB('peak') };
  await new Promise((resolve) => process.send?.(result, resolve));
  await store.close();
  process.exit();
}

await main(process.argv[2] ?? '');

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createClient } from '../clients/sdk/src/index.ts';
import type { NewEvent } from '../src/core/event.ts';
import { newId } from '../src/core/ids.ts';
import { openStore } from '../src/store/open-store.ts';
import { startServer, tokenFor } from '../test/support/server.ts';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { type BenchOptions, figure } from './load/figure.ts';
import { PRODUCTION_FLAGS } from './load/measure.ts';
import type { Replay } from './load/replay-child.ts';

const RUN_COUNTS = { full: 1_000, quick: 100 };
const EVENTS_PER_RUN = 1_000;
const MAX_RSS_MIB = 300;
const FIRST = '{ events(first: 1) { cursor events { seq } } }';
const REPLAY = `subscription ($after: Cursor) {
  events(after: $after, batch: 1000) { cursor caughtUp events { cursor runId seq type at step ... on LogLine { level text } } }
}`;

/**
 * One subscriber catches up with a million events (100,000 if quick) from the beginning: with `journal.read` in a separate process, then
 * over WebSocket with the SDK from a real server, whose memory must not grow with the number of events. The processor time of the main
 * threads says the same on a machine that is busy with something else.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const runCount = quick ? RUN_COUNTS.quick : RUN_COUNTS.full;
  const eventCount = runCount * EVENTS_PER_RUN;
  await using folder = await createTempFolder();
  const file = join(folder.path, 'signalbox.db');
  await fill(file, runCount);
  const bench = 'replay';
  const limit = { name: 'limit', value: MAX_RSS_MIB };

  const inProcess = await replayInProcess(file);
  check(inProcess.events, eventCount);
  const n = inProcess.events;
  figure({ bench, metric: 'journal.read', value: n / inProcess.seconds, unit: 'events/s', n });
  figure({ bench, metric: 'journal.read, RSS, peak', value: inProcess.rssMiB, unit: 'MiB', n, peer: limit });

  const overSocket = await replayOverSocket(folder.path);
  // The first event was read separately, for its cursor.
  check(overSocket.events, eventCount - 1);
  figure({
    bench,
    metric: 'WebSocket, SDK',
    value: overSocket.events / overSocket.seconds,
    unit: 'events/s',
    n,
    peer: { name: 'journal.read', value: inProcess.events / inProcess.seconds },
  });
  figure({
    bench,
    metric: 'WebSocket, SDK, per second of processor time of the main thread of the server',
    value: overSocket.events / overSocket.cpuSeconds,
    unit: 'events/s',
    n,
    peer: { name: 'journal.read', value: inProcess.events / inProcess.cpuSeconds },
  });
  figure({ bench, metric: 'WebSocket, SDK, server RSS, peak', value: overSocket.rssMiB, unit: 'MiB', n, peer: limit });
}

/** Appends runs with a long log, as fast as the store accepts them. */
async function fill(file: string, runCount: number): Promise<void> {
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const store = await openStore({ database: { kind: 'sqlite', file }, logger });
  const CONCURRENCY = 8;
  let filled = 0;
  const lane = async () => {
    while (filled < runCount) {
      filled += 1;
      await store.journal.append(newId('run'), 1, logOf(EVENTS_PER_RUN));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  await store.close();
}

function logOf(count: number): NewEvent[] {
  const at = new Date();
  const step = 'log';
  const principal = { tenant: 'default', subject: 'bench', username: 'bench', roles: ['admin'] };
  const planned = { id: newId('step'), key: step, title: 'Log', dependsOn: [], maxAttempts: 1 } as const;
  const body = { kind: 'COMMAND', capability: 'noop', effect: 'pure', input: {} } as const;
  const lines = Array.from({ length: count - 3 }, (_, i): NewEvent => {
    const text = `Line ${i} of the log of a command, which is about as long as ordinary lines of a log are.`;
    return { type: 'LOG', at, step, payload: { level: 'INFO', text } };
  });
  const metadata = { labels: {}, priority: 'INTERACTIVE', traceId: '0'.repeat(32), requestDigest: '' } as const;
  return [
    {
      type: 'RUN_CREATED',
      at,
      payload: { kind: 'COMMAND', principal, inputs: {}, steps: [{ ...planned, ...body }], ...metadata },
    },
    ...lines,
    { type: 'STEP_STATE_CHANGED', at, step, payload: { from: 'PENDING', to: 'SUCCEEDED', attempt: 1 } },
    { type: 'RUN_STATE_CHANGED', at, payload: { from: 'PENDING', to: 'SUCCEEDED' } },
  ];
}

async function replayInProcess(file: string): Promise<Replay> {
  const script = join(import.meta.dirname, 'load/replay-child.ts');
  const child = fork(script, [file], { execArgv: [...PRODUCTION_FLAGS] });
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The measured process ended with ${code}; its output says why.`);
    });
    const [result] = (await Promise.race([once(child, 'message'), ended])) as [Replay];
    ended.catch(() => undefined);
    return result;
  } finally {
    child.kill('SIGKILL');
  }
}

interface Batch {
  readonly cursor: string;
  readonly caughtUp: boolean;
  readonly events: readonly { readonly seq: number }[];
}

async function replayOverSocket(dataDir: string): Promise<Replay> {
  const server = await startServer({ dataDir, env: { NODE_ENV: 'production', HOST: '127.0.0.1' } });
  const token = await tokenFor('bench', { roles: ['admin'] });
  const client = createClient({ url: server.url, token });
  try {
    const { data } = await server.query(FIRST, undefined, token);
    const document = { toString: () => REPLAY } as never;
    const cpuMsBefore = await server.mainThreadMs();
    const began = performance.now();
    let events = 0;
    let seq = 1;
    const after: string = data.events.cursor;
    for await (const batch of client.subscribe<{ events: Batch }, { after: string }>(document, { after })) {
      for (const event of batch.events.events) {
        seq = (seq % EVENTS_PER_RUN) + 1;
        if (event.seq !== seq) throw new Error(`Expected event ${seq}, but received ${event.seq}.`);
        events += 1;
      }
      if (batch.events.caughtUp) break;
    }
    const seconds = (performance.now() - began) / 1_000;
    const cpuSeconds = ((await server.mainThreadMs()) - cpuMsBefore) / 1_000;
    return { events, seconds, cpuSeconds, rssMiB: (await server.memory('peak')) / 2 ** 20 };
  } finally {
    client.close();
    await server.stop('SIGKILL');
  }
}

function check(count: number, expected: number): void {
  if (count !== expected) throw new Error(`Expected ${expected} events, but received ${count}.`);
}

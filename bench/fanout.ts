import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { startServer, tokenFor } from '../test/support/server.ts';
import { type BenchOptions, figure, quantile } from './load/figure.ts';

const SUBSCRIBERS = 200;
const EVENTS_PER_SECOND = 400;
/** A pure command of one step: created, decided, step ended, run ended. */
const EVENTS_PER_COMMAND = 4;
const LIMITS = { p99: 50, rss: 250 };
const DOCUMENT = 'subscription { events { events { cursor seq type at runId } cursor } }';
const COMMAND = 'mutation { convertToJson(input: { source: { text: { text: "a" } } }) { __typename } }';

interface Subscriber {
  /** `runId/seq`, in order of arrival. */
  readonly events: string[];
  /** Milliseconds from the time of the event to its arrival. */
  readonly delays: number[];
}

/**
 * 200 subscribers over WebSocket receive every event of real commands, 400 events per second for 10 s (3 s if quick). Delay counts from
 * the time of the event, so it includes the commit and the delivery. Peers are the limits.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const seconds = quick ? 3 : 10;
  const server = await startServer({ env: { NODE_ENV: 'production', HOST: '127.0.0.1' } });
  const token = await tokenFor('bench', { roles: ['admin'] });
  try {
    const seen = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => subscribe(server.url, token)));
    const commands = (EVENTS_PER_SECOND / EVENTS_PER_COMMAND) * seconds;
    const every = (EVENTS_PER_COMMAND * 1_000) / EVENTS_PER_SECOND;
    const began = performance.now();
    let peakRss = 0;
    const sent: Promise<unknown>[] = [];
    for (let i = 0; i < commands; i += 1) {
      await sleep(Math.max(0, began + i * every - performance.now()));
      sent.push(server.query(COMMAND, undefined, token));
      if (i % 50 === 0) peakRss = Math.max(peakRss, await rssMiB(server.process.pid));
    }
    await Promise.all(sent);
    const expected = commands * EVENTS_PER_COMMAND;
    for (let i = 0; i < 100 && seen.some(({ events }) => events.length < expected); i += 1) await sleep(50);

    const delays = seen.flatMap((one) => one.delays);
    const inOrder = seen[0]?.events.join() ?? '';
    const delivered = seen.reduce((sum, { events }) => sum + events.length, 0);
    const lost = seen.filter(({ events }) => events.join() !== inOrder || new Set(events).size !== expected).length;
    const n = delivered;
    const bench = 'fanout';
    figure({
      bench,
      metric: 'events delivered',
      value: delivered,
      unit: 'events',
      n,
      peer: { name: 'events × subscribers', value: expected * SUBSCRIBERS },
    });
    figure({
      bench,
      metric: 'subscribers with a lost, repeated or misordered event',
      value: lost,
      unit: 'subscribers',
      n: SUBSCRIBERS,
    });
    figure({ bench, metric: 'delay, p50', value: quantile(delays, 0.5), unit: 'ms', n });
    figure({
      bench,
      metric: 'delay, p99',
      value: quantile(delays, 0.99),
      unit: 'ms',
      n,
      peer: { name: 'limit', value: LIMITS.p99 },
    });
    figure({
      bench,
      metric: 'server RSS, peak',
      value: peakRss,
      unit: 'MiB',
      n,
      peer: { name: 'limit', value: LIMITS.rss },
    });
  } finally {
    await server.stop('SIGKILL');
  }
}

/** Speaks graphql-transport-ws directly, so that the client costs as little as possible. Resolves when it is subscribed. */
async function subscribe(url: string, token: string): Promise<Subscriber> {
  const seen: Subscriber = { events: [], delays: [] };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const { promise, resolve, reject } = Promise.withResolvers<Subscriber>();
  socket.on('error', reject);
  socket.on('close', (code) => reject(new Error(`the server closed a subscriber with ${code}`)));
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${token}` } })),
  );
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    if (message.type === 'ping') socket.send('{"type":"pong"}');
    if (message.type === 'connection_ack') {
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: DOCUMENT } }));
    }
    if (message.type !== 'next') return;
    // The first batch is empty and has the cursor of "now".
    resolve(seen);
    const now = Date.now();
    for (const { runId, seq, at } of message.payload.data.events.events) {
      seen.events.push(`${runId}/${seq}`);
      seen.delays.push(now - Date.parse(at));
    }
  });
  return promise;
}

async function rssMiB(pid = 0): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
}

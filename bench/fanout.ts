import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, tokenFor } from '../test/support/server.ts';
import { measurePeer } from './fanout/measure-peer.ts';
import { type Subscriber, subscribe } from './fanout/subscribe.ts';
import { type BenchOptions, figure, quantile } from './load/figure.ts';

const SUBSCRIBERS = 200;
const EVENTS_PER_SECOND = 600;
/** A pure command of one step: created, decided, step ended, run ended. */
const EVENTS_PER_COMMAND = 4;
const EVERY_MS = (EVENTS_PER_COMMAND * 1_000) / EVENTS_PER_SECOND;
const LIMITS = { perSecond: 115_000, p99: 20, rss: 250 };
const COMMAND = 'mutation { convertToJson(input: { source: { text: { text: "a" } } }) { __typename } }';
const bench = 'fanout';

/**
 * 200 subscribers over WebSocket receive every event of real commands, 600 events per second for 10 s (3 s if quick): 120,000 in all. Delay
 * counts from the time of the event, so it includes the commit and the delivery; the spread, from its first arrival at any subscriber, is
 * that of the fan-out alone. Peers are the limits, and a prototype of graphql-ws that shares its results, and executes and stores nothing.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const seconds = quick ? 3 : 10;
  const commands = (EVENTS_PER_SECOND / EVENTS_PER_COMMAND) * seconds;
  const expected = commands * EVENTS_PER_COMMAND;
  const peer = await measurePeer(SUBSCRIBERS, {
    batches: commands,
    eventsPerBatch: EVENTS_PER_COMMAND,
    everyMs: EVERY_MS,
  });
  const server = await startServer({ env: { NODE_ENV: 'production', HOST: '127.0.0.1' } });
  const token = await tokenFor('bench', { roles: ['admin'] });
  try {
    const seen = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => subscribe(server.url, token)));
    const cpuBefore = await server.mainThreadMs();
    const began = performance.now();
    let peakRss = 0;
    const sent: Promise<unknown>[] = [];
    for (let i = 0; i < commands; i += 1) {
      await sleep(Math.max(0, began + i * EVERY_MS - performance.now()));
      sent.push(server.query(COMMAND, undefined, token));
      if (i % 50 === 0) peakRss = Math.max(peakRss, await rssMiB(server.process.pid));
    }
    await Promise.all(sent);
    for (let i = 0; i < 100 && seen.some(({ events }) => events.length < expected); i += 1) await sleep(50);
    const cpuMs = (await server.mainThreadMs()) - cpuBefore;
    report(seen, expected, began);
    const common = { bench, unit: 'µs', n: expected * SUBSCRIBERS };
    figure({
      ...common,
      metric: 'processor time of the main thread for each delivery, with the commands',
      value: (cpuMs * 1_000) / (expected * SUBSCRIBERS),
      peer: { name: 'graphql-ws, without commands', value: (peer.cpuMs * 1_000) / (expected * SUBSCRIBERS) },
    });
    const spread = { name: 'graphql-ws', value: quantile(spreadsOf(peer.seen), 0.99) };
    figure({ ...common, metric: 'spread, p99', value: quantile(spreadsOf(seen), 0.99), unit: 'ms', peer: spread });
    figure({
      ...common,
      metric: 'server RSS, peak',
      value: peakRss,
      unit: 'MiB',
      peer: { name: 'limit', value: LIMITS.rss },
    });
  } finally {
    await server.stop('SIGKILL');
  }
}

function report(seen: readonly Subscriber[], expected: number, began: number): void {
  const delays = seen.flatMap((one) => one.delays);
  const inOrder = seen[0]?.events.join() ?? '';
  const n = seen.reduce((sum, { events }) => sum + events.length, 0);
  const lost = seen.filter(({ events }) => events.join() !== inOrder || new Set(events).size !== expected).length;
  const lastArrival = Math.max(...seen.map(({ arrivals }) => arrivals.at(-1) ?? 0));
  figure({
    bench,
    metric: 'events delivered',
    value: n,
    unit: 'events',
    n,
    peer: { name: 'events × subscribers', value: expected * SUBSCRIBERS },
  });
  figure({
    bench,
    metric: 'events delivered in a second',
    value: (n * 1_000) / (lastArrival - began),
    unit: 'events/s',
    n,
    peer: { name: 'minimum', value: LIMITS.perSecond },
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
}

/** For each arrival of an event, milliseconds since its first at any subscriber. All have the same order. */
function spreadsOf(seen: readonly Subscriber[]): number[] {
  const first = (seen[0]?.arrivals ?? []).map((_, i) =>
    Math.min(...seen.map(({ arrivals }) => arrivals[i] ?? Infinity)),
  );
  return seen.flatMap(({ arrivals }) => arrivals.map((arrival, i) => arrival - (first[i] ?? arrival)));
}

async function rssMiB(pid = 0): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
}

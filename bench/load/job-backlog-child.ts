import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../src/core/errors.ts';
import { rssMiB } from './closed-loop.ts';
import { openJobEngine } from './job-subject.ts';
import { BENCH_PRINCIPAL } from './open-engine.ts';

/** The argument of the process, as JSON. */
export interface JobBacklogOrder {
  readonly url: string;
  readonly nats: string;
  readonly topic: string;
  readonly queued: number;
  /** How long heartbeats are heard. */
  readonly seconds: number;
}

export interface JobBacklogSample {
  readonly heartbeatCpuPercent: number;
  readonly queuedPerSecond: number;
  readonly drainedPerSecond: number;
  readonly tenthMiB: number;
  readonly fullMiB: number;
  readonly peakMiB: number;
}

const CONCURRENT_SUBMISSIONS = 64;
const LOOK_MS = 100;
/** Some are always tried again, because nobody listens; the others are parked. */
const MAX_ACTIVE = 1_000;
const scope = { tenant: BENCH_PRINCIPAL.tenant };

/** Each phase begins with a message from the parent, when workers are there as it needs them. */
const order = JSON.parse(process.argv[2] ?? 'null') as JobBacklogOrder;
const { engine, store, activeRuns } = await openJobEngine(order.url, order.nats);
process.send?.('ready');
await once(process, 'message');

const idle = await cpuPercent(order.seconds);
process.send?.('heard');
await once(process, 'message');
const quiet = await cpuPercent(order.seconds);

await queueJobs(order.queued / 10);
await until(async () => (await activeRuns()) <= MAX_ACTIVE);
globalThis.gc?.();
const tenthMiB = rssMiB('now');
const began = performance.now();
await queueJobs((order.queued * 9) / 10);
const queuedPerSecond = (order.queued * 900) / (performance.now() - began);
await until(async () => (await activeRuns()) <= MAX_ACTIVE);
const fullMiB = rssMiB('now');
process.send?.('queued');
await once(process, 'message');

const start = performance.now();
let peakMiB = 0;
await until(async () => {
  peakMiB = Math.max(peakMiB, rssMiB('now'));
  return (await waiting()) === 0;
});
const drainedPerSecond = (order.queued * 1_000) / (performance.now() - start);
const heartbeatCpuPercent = Math.max(0, idle - quiet);
process.send?.({ heartbeatCpuPercent, queuedPerSecond, drainedPerSecond, tenthMiB, fullMiB, peakMiB });

/** CPU of this process in percent of a core. */
async function cpuPercent(seconds: number): Promise<number> {
  const before = process.cpuUsage();
  await sleep(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e4 / seconds;
}

async function queueJobs(count: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await submit();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_SUBMISSIONS }, lane));
}

/** As a client does, waits while its quota of runs in memory is used up: they are about to be parked. */
async function submit(): Promise<void> {
  for (;;) {
    try {
      await engine.submitJob(BENCH_PRINCIPAL, { job: { topic: order.topic }, priority: 'BATCH' });
      return;
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'THROTTLED')) throw error;
      await sleep(LOOK_MS);
    }
  }
}

/** How many runs have not ended. */
async function waiting(): Promise<number> {
  const page = await store.reader.runs(
    scope,
    { kind: ['JOB'], state: ['PENDING', 'RUNNING', 'WAITING'] },
    { first: 1 },
  );
  return page.edges.length;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(LOOK_MS);
}

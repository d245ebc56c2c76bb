import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startNatsServer } from '../test/support/bus/nats-server.ts';
import type { Load } from './load/closed-loop.ts';
import type { EchoOrder } from './load/echo-workers.ts';
import { type BenchOptions, figure, median, quantile } from './load/figure.ts';
import type { JobBacklogOrder, JobBacklogSample } from './load/job-backlog-child.ts';
import { measure, PRODUCTION_FLAGS } from './load/measure.ts';

const FULL = { workers: [1, 4, 16], rounds: 5, seconds: 4, warmUpSeconds: 2, queued: 100_000 };
const QUICK = { workers: [4], rounds: 1, seconds: 1, warmUpSeconds: 1, queued: 1_000 };
const CONCURRENCY = 64;
const TOPIC = 'job.bench';
const DATABASE_SERVER_URL = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const MIN_RATIO = 0.35;
const MAX_P99_MS = 50;
const WORKERS_WITH_HEARTBEATS = 1_000;
const MAX_HEARTBEAT_CPU_PERCENT = 5;

/**
 * Jobs by CAP: submitted, decided, recorded in PostgreSQL, sent to a worker that echoes, its result recorded. Next to them, NATS alone:
 * request and reply, and a publish to JetStream with its acknowledgement; and PostgreSQL alone. Then the latency at half of that load, what the heartbeats of
 * 1,000 workers cost, and a backlog of 100,000 jobs (2,000 if quick).
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const { workers: counts, rounds, queued, ...times } = quick ? QUICK : FULL;
  const { newDatabase } = await import('./peers/new-database.ts');
  await using nats = await startNatsServer();
  const raw = async (what: 'request' | 'publish') => {
    const module = new URL('./peers/nats.ts', import.meta.url).href;
    const variant = `${what} ${nats.url}`;
    return measure({ module, concurrency: CONCURRENCY, processes: 1, url: '', variant, ...times });
  };
  const jobs = async (workers: number, load: { readonly rate?: number; readonly concurrency?: number } = {}) => {
    await using database = await newDatabase(DATABASE_SERVER_URL);
    await using _ = await startEcho({ url: nats.url, topic: TOPIC, workers });
    const module = new URL('./load/job-subject.ts', import.meta.url).href;
    const options = { module, concurrency: CONCURRENCY, processes: 1, flags: PRODUCTION_FLAGS, variant: nats.url };
    return await measure({ ...options, ...times, ...load, url: database.url });
  };

  /** What the database can take: the rows of a job, each inserted once. */
  const inserts = async () => {
    await using database = await newDatabase(DATABASE_SERVER_URL);
    {
      await using _ = await startEcho({ url: nats.url, topic: TOPIC, workers: 1 });
      const module = new URL('./load/job-subject.ts', import.meta.url).href;
      const once = { concurrency: 1, processes: 1, seconds: 0.1, warmUpSeconds: 0 };
      await measure({ module, url: database.url, variant: nats.url, ...once });
    }
    const module = new URL('./peers/batched-inserts.ts', import.meta.url).href;
    const options = { module, concurrency: CONCURRENCY, processes: 1, variant: 'as stored', ...times };
    return await measure({ ...options, url: database.url });
  };

  const [requests, publishes, limits]: [Load[], Load[], Load[]] = [[], [], []];
  const measured = new Map<number, Load[]>(counts.map((count) => [count, []]));
  for (let round = 0; round < rounds; round += 1) {
    requests.push(await raw('request'));
    publishes.push(await raw('publish'));
    limits.push(await inserts());
    for (const [count, loads] of measured) loads.push(await jobs(count));
  }
  const bench = 'cap';
  const rate = (loads: readonly Load[]) => median(loads.map((load) => load.runs / load.seconds));
  const n = (loads: readonly Load[]) => loads.reduce((sum, { runs }) => sum + runs, 0);
  const raws = [
    ['NATS request and reply', requests],
    ['JetStream publish with acknowledgement', publishes],
    ['batched inserts of the same rows', limits],
  ] as const;
  for (const [metric, loads] of raws) figure({ bench, metric, value: rate(loads), unit: '/s', n: n(loads) });
  const peer = { name: 'JetStream publish with acknowledgement', value: rate(publishes) };
  figure({ bench, metric: 'limit: batched inserts', value: rate(limits), unit: '/s', n: n(limits), peer });
  for (const [count, loads] of measured) {
    const metric = `jobs, ${count} workers`;
    for (const [name, peer] of raws) {
      figure({ bench, metric, value: rate(loads), unit: 'jobs/s', n: n(loads), peer: { name, value: rate(peer) } });
    }
    const goal = { name: 'minimum', value: rate(publishes) * MIN_RATIO };
    figure({ bench, metric: `goal: ${metric}`, value: rate(loads), unit: 'jobs/s', n: n(loads), peer: goal });
    for (const [name, share] of Object.entries({ p50: 0.5, p99: 0.99 })) {
      const value = median(loads.map((load) => quantile(load.latencies, share)));
      figure({ bench, metric: `${metric}, ${name}`, value, unit: 'ms', n: n(loads) });
    }
    const cpu = median(loads.map((load) => (load.cpuSeconds * 1_000) / load.runs));
    figure({ bench, metric: `${metric}, CPU of the process`, value: cpu, unit: 'ms/job', n: n(loads) });
  }

  const count = counts.at(-1) as number;
  const half = Math.round(rate(measured.get(count) as Load[]) / 2);
  const calm: Load[] = [];
  for (let round = 0; round < rounds; round += 1) calm.push(await jobs(count, { rate: half, concurrency: 512 }));
  figure({
    ...{ bench, metric: `p99 at half of the load, ${half} jobs/s`, unit: 'ms', n: n(calm) },
    ...{ value: median(calm.map((load) => quantile(load.latencies, 0.99))) },
    peer: { name: 'maximum', value: MAX_P99_MS },
  });
  await using database = await newDatabase(DATABASE_SERVER_URL);
  const order = { url: database.url, nats: nats.url, topic: TOPIC, queued, seconds: times.seconds * 3 };
  const beating = () => startEcho({ url: nats.url, topic: TOPIC, workers: WORKERS_WITH_HEARTBEATS, idle: true });
  const sample = await backlog(order, beating, () => startEcho({ url: nats.url, topic: TOPIC, workers: count }));
  figure({
    ...{
      bench,
      metric: `CPU of a core for the heartbeats of ${WORKERS_WITH_HEARTBEATS} workers`,
      unit: '%',
      n: rounds,
    },
    ...{ value: sample.heartbeatCpuPercent, peer: { name: 'maximum', value: MAX_HEARTBEAT_CPU_PERCENT } },
  });
  figure({
    bench,
    metric: `jobs that begin to wait, ${queued} in all`,
    value: sample.queuedPerSecond,
    unit: '/s',
    n: queued,
  });
  figure({ bench, metric: `jobs drained of ${queued}`, value: sample.drainedPerSecond, unit: 'jobs/s', n: queued });
  figure({
    ...{ bench, metric: `RSS with ${queued} jobs waiting`, value: sample.fullMiB, unit: 'MiB', n: 1 },
    peer: { name: 'RSS with a tenth of them', value: sample.tenthMiB },
  });
  figure({
    ...{ bench, metric: `RSS, peak, while ${queued} jobs are drained`, value: sample.peakMiB, unit: 'MiB', n: 1 },
    peer: { name: 'RSS with a tenth of them waiting', value: sample.tenthMiB },
  });
}

/** Workers in a separate process, until it is disposed of. */
async function startEcho(order: EchoOrder): Promise<AsyncDisposable> {
  const child = fork(join(import.meta.dirname, 'load/echo-workers.ts'), [JSON.stringify(order)]);
  await messageOf(child);
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function backlog(
  order: JobBacklogOrder,
  beat: () => Promise<AsyncDisposable>,
  work: () => Promise<AsyncDisposable>,
): Promise<JobBacklogSample> {
  const child = fork(join(import.meta.dirname, 'load/job-backlog-child.ts'), [JSON.stringify(order)], {
    execArgv: [...PRODUCTION_FLAGS],
  });
  try {
    await messageOf(child);
    {
      await using _ = await beat();
      child.send('beating');
      await messageOf(child);
    }
    child.send('queue');
    await messageOf(child);
    await using _ = await work();
    child.send('drain');
    return (await messageOf(child)) as JobBacklogSample;
  } finally {
    child.kill('SIGKILL');
  }
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process of the benchmark ended with ${code}; its output says why.`);
  });
  ended.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}

import type { BusMessage } from '../../src/bus/bus.ts';
import { createInProcessBus } from '../../src/bus/in-process-bus.ts';
import { JobStatus } from '../../src/cap/generated/cordum/agent/v1/job_pb.js';
import { readPacket, writePacket } from '../../src/cap/packet.ts';
import { SUBJECTS } from '../../src/cap/subjects.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ClusterDeps } from '../../src/engine/jobs/job-deps.ts';
import { createJobs } from '../../src/engine/jobs/jobs.ts';
import { median } from '../load/figure.ts';
import { BENCH_PRINCIPAL, type OpenEngine, openEngine } from '../load/open-engine.ts';

export interface JobCosts {
  /** Of a job, in the node with its writer thread, in ms of CPU time. */
  readonly cpuMs: number;
  /** The same of one for whose end nobody waits, and whose run is parked meanwhile. */
  readonly parkedCpuMs: number;
  /** Appends to the journal. */
  readonly appends: number;
  /** Of each commit, whatever is in it, in ms of the database. */
  readonly commitMs: number;
  /** Of each append in it. */
  readonly appendMs: number;
  /** Jobs that were measured. */
  readonly jobs: number;
}

interface Commit {
  readonly appends: number;
  readonly ms: number;
}

export const TOPIC = 'job.bench';
const WARM_UP_MS = 1_000;
const JOB_TIMEOUT_MS = 60_000;
/** Longer than runs stay in memory. */
const PARKED_MS = 3_500;
const PARKED_LANES = 1_000;

/**
 * Real jobs through the engine and the journal on PostgreSQL: submitted, sent, answered by a worker in this process, and recorded.
 * Signatures and payloads are left out.
 * @param concurrency numbers of jobs in progress, from low to high
 * @param seconds for each of them
 */
export async function measureJobs(url: string, concurrency: readonly number[], seconds: number): Promise<JobCosts> {
  let commits: Commit[] = [];
  const bus = createInProcessBus();
  await using opened = await openEngine(url, {
    createJobs: (engine) => createJobs(engine, { ...CLUSTER, bus }),
    journalCommitted: (appends, _, s) => void commits.push({ appends, ms: s * 1_000 }),
  });
  let workMs = 0;
  const work = ({ bytes }: BusMessage) => {
    const answer = () => void bus.publish(SUBJECTS.result, answerTo(bytes));
    if (workMs > 0) setTimeout(answer, workMs);
    else answer();
  };
  await bus.subscribe(TOPIC, work, { queue: TOPIC });

  await runJobs(opened, 64, WARM_UP_MS);
  const levels: Commit[][] = [];
  let jobs = 0;
  const before = process.cpuUsage();
  for (const lanes of concurrency) {
    commits = [];
    levels.push(commits);
    jobs += await runJobs(opened, lanes, seconds * 1_000);
  }
  const cpuMs = cpuSince(before) / jobs;
  const appends = levels.flat().reduce((sum, commit) => sum + commit.appends, 0) / jobs;
  workMs = PARKED_MS;
  const beforeParked = process.cpuUsage();
  const parked = await runParkedJobs(opened, PARKED_LANES, seconds * 1_000);
  return {
    ...{ cpuMs, appends, parkedCpuMs: cpuSince(beforeParked) / parked },
    ...lineThrough(levels.map(middle)),
    jobs,
  };
}

/** Without signatures. */
const packets: ClusterDeps['packets'] = {
  senderId: 'bench',
  open: (bytes) => ({ packet: readPacket(bytes), peer: { isWorker: true, isVerified: false } }),
  write: (payload, { traceId }) => writePacket(payload, { traceId, senderId: 'bench', createdAt: systemClock.now() }),
};
/** Every job goes to its topic. */
const workers: ClusterDeps['workers'] = {
  place: ({ topic }) => ({ subject: topic }),
  begin: () => () => {},
  missed: () => {},
  onRoom: () => () => {},
  onLost: () => () => {},
  onRestart: () => () => {},
  shareAmong() {},
};
const none = async () => {
  throw new Error('The jobs of this benchmark have no payloads.');
};
const noPointers: ClusterDeps['pointers'] = {
  writeContext: none,
  has: () => false,
  read: none,
  expire: async () => {},
};
/** What nodes need of a cluster besides a bus. */
export const CLUSTER: Omit<ClusterDeps, 'bus'> = {
  packets,
  workers,
  pointers: noPointers,
  jobTimeoutMs: JOB_TIMEOUT_MS,
};

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** What a worker does, which takes the time of one packet that is read and one that is written. */
export function answerTo(bytes: Uint8Array): Uint8Array {
  const { payload, traceId } = readPacket(bytes);
  if (payload.case !== 'jobRequest') throw new Error(`A worker got ${payload.case}.`);
  const result = { jobId: payload.value.jobId, status: JobStatus.SUCCEEDED, workerId: 'w1' };
  const options = { traceId, senderId: 'w1', createdAt: systemClock.now() };
  return writePacket({ case: 'jobResult', value: result }, options);
}

/** Keeps so many jobs in progress. @returns how many have ended */
export async function runJobs({ engine }: OpenEngine, lanes: number, ms: number): Promise<number> {
  const until = performance.now() + ms;
  let ended = 0;
  const lane = async () => {
    while (performance.now() < until) {
      const { run } = await engine.submitJob(BENCH_PRINCIPAL, { job: { topic: TOPIC }, waitMs: JOB_TIMEOUT_MS });
      if (run.state !== 'SUCCEEDED')
        throw new Error(`The job of run ${run.id} ended as ${run.state}: ${run.error?.message}`);
      ended += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return ended;
}

/** The same without a caller that waits: the ends are seen in the journal. */
async function runParkedJobs({ engine, store }: OpenEngine, lanes: number, ms: number): Promise<number> {
  const until = performance.now() + ms;
  const ended = new Set<string>();
  const waits = new Map<string, () => void>();
  const stop = new AbortController();
  const position = await store.journal.head();
  const { tenant } = BENCH_PRINCIPAL;
  const ends = store.journal.read(position, { types: ['RUN_STATE_CHANGED'] }, { tenant }, { signal: stop.signal });
  const watch = async () => {
    for await (const { events } of ends) {
      for (const event of events) {
        if (event.type !== 'RUN_STATE_CHANGED' || event.payload.to !== 'SUCCEEDED') continue;
        ended.add(event.runId);
        waits.get(event.runId)?.();
      }
    }
  };
  void watch();
  const lane = async () => {
    while (performance.now() < until) {
      const { run } = await engine.submitJob(BENCH_PRINCIPAL, { job: { topic: TOPIC } });
      if (!ended.has(run.id)) await new Promise<void>((resolve) => waits.set(run.id, resolve));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  stop.abort();
  return ended.size;
}

/** The commit of a level: the median of the large ones, so that one that was interrupted or that others left behind does not count. */
function middle(commits: readonly Commit[]): Commit {
  const most = Math.max(...commits.map(({ appends }) => appends));
  const large = commits.filter(({ appends }) => appends >= most / 2);
  return { appends: median(large.map(({ appends }) => appends)), ms: median(large.map(({ ms }) => ms)) };
}

/** The line through the lowest and the highest level: what a commit costs without appends, and what each append adds. */
function lineThrough(levels: readonly Commit[]): Pick<JobCosts, 'commitMs' | 'appendMs'> {
  const [low, high] = [levels[0] as Commit, levels.at(-1) as Commit];
  const appendMs = (high.ms - low.ms) / (high.appends - low.appends);
  return { appendMs, commitMs: Math.max(0, low.ms - appendMs * low.appends) };
}

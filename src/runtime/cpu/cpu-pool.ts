import type { Cpu, CpuOwner, CpuPool, CpuTaskOptions } from '../../core/cpu-pool.ts';
import type { Logger } from '../../core/telemetry.ts';
import { ownerKey } from '../../lib/fair-queue.ts';
import { cancelFault, fullFault, lostFault, memoryFault, outputOf, stoppingFault, timeoutFault } from './cpu-faults.ts';
import { type CpuWorker, startCpuWorker, type TaskEnd, WorkerLostError } from './cpu-worker.ts';
import { createMeasuredPrograms, createTaskQueue, type Job } from './task-queue.ts';

export interface CpuPoolOptions {
  /** Maximum number of workers. Default 2. */
  readonly maxWorkers?: number;
  /** Tasks of one user that may wait for a worker; further ones fail with UNAVAILABLE. Default 4,096; of all four times that. */
  readonly maxQueued?: number;
  /** How long an idle worker is kept. Default 30 s. */
  readonly idleMs?: number;
  /** Memory of one worker process. Default 256 MiB. */
  readonly maxMemoryMb?: number;
  /** Time after which a task is tried again although it has not used up its CPU time. Default: by its limit. */
  readonly maxElapsedMs?: number;
  readonly logger?: Logger;
}

/** A place for one worker, which is started when it is needed. */
interface Seat {
  worker?: CpuWorker;
  job?: Job;
  idleTimer?: NodeJS.Timeout;
}

/** CPU time from which a task is slow. Slow tasks never have the last seat, so that quick ones do not wait behind them. */
const SLOW_TASK_MS = 250;
const CHECK_INTERVAL_MS = 25;
/** How often a task begins again after its worker was lost. */
const MAX_LOSSES = 2;
/** A worker that holds more than this part of its memory after a task is replaced, so that the next has its full share. */
const MAX_REUSE_MEMORY_RATIO = 1 / 2;
/** For a task that waits for something, or a machine that is too busy to run it. */
const ELAPSED_FACTOR = 10;
const MIN_ELAPSED_MS = 60_000;
/** How a process ends that is refused memory in a place where it cannot go on without. */
const OUT_OF_MEMORY_SIGNALS: ReadonlySet<string | number> = new Set([
  ...['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGSEGV', 'SIGBUS'],
]);

/** A slow task gave up its seat: it continues when a slow one may. */
class DisplacedError extends Error {}

/**
 * Worker processes for tasks that would block the event loop or cannot be trusted to end. One seat is always left by each
 * user, and by slow tasks, for others. A task counts as slow once it is measured to be: one that turns out to be slow in
 * the last seat gives it up when a quick one waits.
 */
export function createCpuPool(options: CpuPoolOptions = {}): CpuPool {
  const { maxWorkers = 2, maxQueued = 4_096, idleMs = 30_000, maxMemoryMb = 256, maxElapsedMs, logger } = options;
  const maxBytes = maxMemoryMb * 2 ** 20;
  /** Of one user, and of slow tasks. */
  const share = Math.max(1, maxWorkers - 1);
  const seats: Seat[] = Array.from({ length: maxWorkers }, () => ({}));
  const queue = createTaskQueue();
  const programs = createMeasuredPrograms();
  let arrivals = 0;
  let isClosed = false;

  const busy = () => seats.filter((seat): seat is Seat & { job: Job } => seat.job !== undefined);
  const slowSeats = () => busy().filter(({ job }) => job.isSlow);
  const hasShare = ({ owner }: Pick<Job, 'owner'>) =>
    busy().filter(({ job }) => ownerKey(job.owner) === ownerKey(owner)).length < share;

  const dispatch = () => {
    for (;;) {
      const free = seats.filter(({ job }) => !job);
      // The one that has a worker already.
      const seat = free.find(({ worker }) => worker) ?? free[0];
      if (!seat) return displace();
      const job = queue.take(hasShare, slowSeats().length < share);
      if (!job) return;
      void occupy(seat, job);
    }
  };

  /** Frees the last seat when slow tasks have all of them, and a quick one waits. */
  const displace = () => {
    const slow = slowSeats();
    if (slow.length <= share || !queue.hasQuick(hasShare)) return;
    const last = slow.reduce((a, b) => (b.job.order > a.job.order ? b : a));
    void last.worker?.end(new DisplacedError());
  };

  const occupy = async (seat: Seat, job: Job): Promise<void> => {
    clearTimeout(seat.idleTimer);
    seat.job = job;
    try {
      seat.worker ??= startCpuWorker({ maxBytes });
      const { worker } = seat;
      const end = await runOn(worker, job);
      const isHeavy = end.rssBytes > maxBytes * MAX_REUSE_MEMORY_RATIO;
      if (isHeavy) await worker.end(undefined);
      vacate(seat, isHeavy);
      programs.record(job, end.cpuMs > SLOW_TASK_MS);
      settle(job, () => outputOf(end.outcome, maxMemoryMb));
    } catch (error) {
      await seat.worker?.end(error);
      vacate(seat, true);
      const failure = failureOf(error, job);
      if (failure === undefined) queue.add(job);
      else settle(job, () => Promise.reject(failure));
    }
    dispatch();
  };

  const vacate = (seat: Seat, isEnded: boolean) => {
    delete seat.job;
    if (isEnded) delete seat.worker;
    else
      seat.idleTimer = setTimeout(() => {
        const { worker } = seat;
        delete seat.worker;
        void worker?.end(undefined);
      }, idleMs);
  };

  const runOn = async (worker: CpuWorker, job: Job): Promise<TaskEnd> => {
    const { timeoutMs, advice, signal } = job.options;
    const elapsed = maxElapsedMs ?? timeoutMs * ELAPSED_FACTOR + MIN_ELAPSED_MS;
    const began = performance.now();
    const check = () => {
      const { cpuMs, rssBytes } = worker.usage();
      if (cpuMs > timeoutMs) void worker.end(timeoutFault(timeoutMs, advice));
      else if (rssBytes > maxBytes) void worker.end(memoryFault(maxMemoryMb));
      else if (performance.now() - began > elapsed) void worker.end(new WorkerLostError('time'));
      if (cpuMs <= SLOW_TASK_MS || job.isSlow) return;
      job.isSlow = true;
      programs.record(job, true);
      dispatch();
    };
    const cancel = () => void worker.end(cancelFault(signal as AbortSignal));
    const timer = setInterval(check, CHECK_INTERVAL_MS);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await worker.perform(job.request);
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', cancel);
    }
  };

  /** Why the task fails; undefined when it is to run again. */
  const failureOf = (error: unknown, job: Job): unknown => {
    if (isClosed) return stoppingFault();
    if (error instanceof DisplacedError)
      return job.options.signal?.aborted ? cancelFault(job.options.signal) : undefined;
    if (!(error instanceof WorkerLostError)) return error;
    logger?.warn('cpu.worker_lost', { by: error.by, task: job.request.task });
    if (OUT_OF_MEMORY_SIGNALS.has(error.by)) return memoryFault(maxMemoryMb);
    // It ended itself.
    if (typeof error.by === 'number') return error;
    job.losses += 1;
    return job.losses > MAX_LOSSES ? lostFault(job.losses, error) : undefined;
  };

  const assertRoom = (owner: CpuOwner) => {
    if (isClosed) throw stoppingFault();
    if (queue.waitingOf(owner) >= maxQueued) throw fullFault(maxQueued, 'user');
    if (queue.size >= maxQueued * 4) throw fullFault(queue.size, 'server');
  };

  const run = (owner: CpuOwner, task: URL, input: unknown, taskOptions: CpuTaskOptions): Promise<unknown> => {
    const { signal, program } = taskOptions;
    if (signal?.aborted) return Promise.reject(cancelFault(signal));
    assertRoom(owner);
    arrivals += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const request = { task: task.href, input };
    const isSlow = programs.isSlow(owner, request.task, program);
    const times = { since: performance.now(), order: arrivals };
    const job: Job = { owner, request, options: taskOptions, ...times, isSlow, losses: 0, resolve, reject };
    queue.add(job);
    const cancel = () => {
      if (!queue.has(job)) return;
      queue.withdraw(job);
      reject(cancelFault(signal as AbortSignal));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    dispatch();
    return promise.finally(() => signal?.removeEventListener('abort', cancel));
  };

  return {
    of: (owner): Cpu => ({
      run: async <Input, Output>(task: URL, input: Input, taskOptions: CpuTaskOptions) =>
        (await run(owner, task, input, taskOptions)) as Output,
    }),
    async close() {
      isClosed = true;
      for (const job of queue.all()) {
        queue.withdraw(job);
        job.reject(stoppingFault());
      }
      for (const { idleTimer } of seats) clearTimeout(idleTimer);
      await Promise.all(seats.map(({ worker }) => worker?.end(stoppingFault())));
    },
  };
}

function settle(job: Job, output: () => unknown): void {
  new Promise((resolve) => resolve(output())).then(job.resolve, job.reject);
}

import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { CpuPool } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { TaskRequest, TaskResult } from './cpu-worker.ts';

export interface CpuPoolOptions {
  /** Workers at once. The default is 2. */
  readonly maxThreads?: number;
  /** Tasks that may wait for a worker; past it callers are told to come back. The default is 256. */
  readonly maxQueued?: number;
  /** How long a worker without work is kept. The default is 30 s. */
  readonly idleMs?: number;
  /** What one worker may hold in its heap and in buffers. The default is 256 MiB. */
  readonly maxMemoryMb?: number;
  readonly logger?: Logger;
}

interface RunOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A place for one worker, which is started when it is needed. */
type WorkerSlot = Piscina<TaskRequest, TaskResult>;

interface Waiter {
  readonly slow: boolean;
  start(seat: WorkerSlot): void;
  refuse(fault: Fault): void;
}

/** A task that may take longer than this never gets the last seat, so that short ones do not wait behind it. */
const SLOW_TASK_MS = 10_000;
const MEMORY_CHECK_INTERVAL_MS = 25;
const RETRY_AFTER_MS = 1_000;
const MIB = 2 ** 20;

/**
 * Where V8 gives up. It then aborts the whole process, not the one thread, whatever Node's documentation of
 * `resourceLimits` says: growing an array past the limit is enough. So the limit is far above `maxMemoryMb`, and the
 * worker of a task is weighed, and stopped when it became too heavy, long before.
 */
const HEAP_LIMIT_FACTOR = 4;
/** A worker that a task leaves heavier than this part of `maxMemoryMb` is not used again: the next task would pay for it. */
const MAX_REUSE_MEMORY_RATIO = 1 / 4;
/** Piscina's words for a worker that `terminate()` ended. A task that ends its own thread is a bug of the task. */
const WORKER_TERMINATED_MESSAGE = 'worker exited with code: 1';

/** Worker threads for work that would hold up the event loop or cannot be trusted to end. Starts none before it must. */
export function createCpuPool(options: CpuPoolOptions = {}): CpuPool {
  const { maxThreads = 2, maxQueued = 256, idleMs = 30_000, maxMemoryMb = 256, logger } = options;
  const seats = Array.from({ length: maxThreads }, () => createWorkerSlot(idleMs, maxMemoryMb, logger));
  const free = [...seats];
  const waiting: Waiter[] = [];
  const stops = new Set<AbortController>();
  let slowRunning = 0;
  let closed = false;

  const take = (slow: boolean): WorkerSlot | undefined => {
    if (slow && slowRunning >= Math.max(1, maxThreads - 1)) return undefined;
    // The last one that was used is the one that has a worker.
    const seat = free.pop();
    if (seat && slow) slowRunning += 1;
    return seat;
  };

  const giveBack = (seat: WorkerSlot, slow: boolean) => {
    free.push(seat);
    if (slow) slowRunning -= 1;
    for (const [i, waiter] of waiting.entries()) {
      const found = take(waiter.slow);
      if (!found) continue;
      waiting.splice(i, 1);
      waiter.start(found);
      return;
    }
  };

  const waitForSeat = (slow: boolean, signal: AbortSignal | undefined): Promise<WorkerSlot> => {
    if (closed) return Promise.reject(stoppingFault());
    if (signal?.aborted) return Promise.reject(cancelFault(signal));
    const seat = take(slow);
    if (seat) return Promise.resolve(seat);
    if (waiting.length >= maxQueued) {
      const message = 'The workers are busy and their queue is full. Try again in a moment.';
      return Promise.reject(new Fault('UNAVAILABLE', message, { retryAfterMs: RETRY_AFTER_MS }));
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(cancelFault(signal));
      };
      const settled = () => signal?.removeEventListener('abort', giveUp);
      const waiter: Waiter = {
        slow,
        start(found) {
          settled();
          resolve(found);
        },
        refuse(fault) {
          settled();
          reject(fault);
        },
      };
      waiting.push(waiter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  };

  const perform = async (
    seat: WorkerSlot,
    order: TaskRequest,
    { timeoutMs, signal }: RunOptions,
  ): Promise<TaskResult> => {
    if (closed) throw stoppingFault();
    if (signal?.aborted) throw cancelFault(signal);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(timeoutFault(timeoutMs)), timeoutMs);
    const scales = setInterval(() => terminateOverMemory(seat.threads[0], maxMemoryMb * MIB), MEMORY_CHECK_INTERVAL_MS);
    const giveUp = () => stop.abort(cancelFault(signal));
    signal?.addEventListener('abort', giveUp, { once: true });
    stops.add(stop);
    try {
      return await seat.run(order, { signal: stop.signal });
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : workerFault(error, maxMemoryMb);
    } finally {
      clearTimeout(timer);
      clearInterval(scales);
      signal?.removeEventListener('abort', giveUp);
      stops.delete(stop);
    }
  };

  return {
    async run<Input, Output>(task: URL, input: Input, options: RunOptions): Promise<Output> {
      const slow = options.timeoutMs > SLOW_TASK_MS;
      const seat = await waitForSeat(slow, options.signal);
      let worn: Worker | undefined;
      try {
        const answer = await perform(seat, { task: task.href, input }, options);
        if (answer.memory > maxMemoryMb * MIB * MAX_REUSE_MEMORY_RATIO) worn = seat.threads[0];
        return outputOf<Output>(answer);
      } finally {
        if (worn) void worn.terminate().finally(() => giveBack(seat, slow));
        else giveBack(seat, slow);
      }
    },
    async close() {
      closed = true;
      for (const waiter of waiting.splice(0)) waiter.refuse(stoppingFault());
      for (const stop of stops) stop.abort(stoppingFault());
      await Promise.all(seats.map((seat) => seat.destroy()));
    },
  };
}

function createWorkerSlot(idleMs: number, maxMemoryMb: number, logger: Logger | undefined): WorkerSlot {
  const seat: WorkerSlot = new Piscina({
    filename: fileURLToPath(new URL('./cpu-worker.ts', import.meta.url)),
    name: 'work',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
    // A worker that waits in Atomics.wait() cannot finish what its last task left open.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb * HEAP_LIMIT_FACTOR, maxYoungGenerationSizeMb: 16 },
    // Nothing that runs here needs a secret from the environment, or a flag of this process.
    env: compiledCode(),
    execArgv: [],
  });
  return seat.on('error', (error: Error) => logger?.warn('cpu.worker_died', { error: error.message }));
}

/** Where compiled code is kept: a thread that strips and compiles for itself takes 15 MiB more. */
function compiledCode(): Readonly<Record<string, string>> {
  const ofThisNode = getCompileCacheDir();
  return ofThisNode === undefined ? {} : { NODE_COMPILE_CACHE: dirname(ofThisNode) };
}

/** Ends a worker that became too heavy; its task ends with it. */
async function terminateOverMemory(worker: Worker | undefined, maxBytes: number): Promise<void> {
  try {
    const found = await worker?.getHeapStatistics();
    if (found && found.used_heap_size + found.external_memory > maxBytes) await worker?.terminate();
  } catch {
    // It ended in between.
  }
}

function outputOf<Output>(answer: TaskResult): Output {
  if ('fault' in answer) throw new Fault(answer.fault.code, answer.fault.message, answer.fault);
  if ('bug' in answer) throw Object.assign(new Error(answer.bug.message), { stack: answer.bug.stack ?? '' });
  return answer.output as Output;
}

/** The task itself never throws past `cpu-worker.ts`: what arrives here is about the thread. */
function workerFault(error: unknown, maxMemoryMb: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || message === WORKER_TERMINATED_MESSAGE) {
    const text = `This takes more than the ${maxMemoryMb} MiB of memory that one worker has. Give it less data.`;
    return new Fault('RESOURCE_TOO_LARGE', text, { cause: error });
  }
  return error;
}

function timeoutFault(timeoutMs: number): Fault {
  return new Fault('TIMEOUT', `This took longer than ${timeoutMs} ms and was stopped. Give it less to do.`);
}

/** Who aborts may say why with a Fault, for example TIMEOUT. */
function cancelFault(signal: AbortSignal | undefined): Fault {
  return signal?.reason instanceof Fault ? signal.reason : new Fault('CANCELLED', 'Stopped by its caller.');
}

function stoppingFault(): Fault {
  return new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', { retryAfterMs: RETRY_AFTER_MS });
}

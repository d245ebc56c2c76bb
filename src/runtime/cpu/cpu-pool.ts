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
  /** Maximum number of workers. Default 2. */
  readonly maxThreads?: number;
  /** Tasks that may wait for a worker; further ones fail with UNAVAILABLE. Default 256. */
  readonly maxQueued?: number;
  /** How long an idle worker is kept. Default 30 s. */
  readonly idleMs?: number;
  /** Memory of one worker, heap and buffers together. Default 256 MiB. */
  readonly maxMemoryMb?: number;
  readonly logger?: Logger;
}

interface RunOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A slot for one worker, which is started when it is needed. */
type WorkerSlot = Piscina<TaskRequest, TaskResult>;

interface Waiter {
  readonly slow: boolean;
  start(slot: WorkerSlot): void;
  refuse(fault: Fault): void;
}

/** A task that may take longer than this never gets the last slot, so that short tasks do not wait behind it. */
const SLOW_TASK_MS = 10_000;
const MEMORY_CHECK_INTERVAL_MS = 25;
const RETRY_AFTER_MS = 1_000;
const MIB = 2 ** 20;

/**
 * At its heap limit V8 aborts the whole process, not the one thread, whatever Node's documentation of `resourceLimits`
 * says: growing an array past the limit is enough. So the limit is far above `maxMemoryMb`, and the memory of a busy
 * worker is measured, and the worker terminated long before that.
 */
const HEAP_LIMIT_FACTOR = 4;
/** A worker that holds more than this part of `maxMemoryMb` after a task is replaced, so that the next has its full share. */
const MAX_REUSE_MEMORY_RATIO = 1 / 4;
/** Piscina's error message for a worker ended by `terminate()`. A task that ends its thread is a bug of the task. */
const WORKER_TERMINATED_MESSAGE = 'worker exited with code: 1';

/** Worker threads for tasks that would block the event loop or cannot be trusted to end. Started on demand. */
export function createCpuPool(options: CpuPoolOptions = {}): CpuPool {
  const { maxThreads = 2, maxQueued = 256, idleMs = 30_000, maxMemoryMb = 256, logger } = options;
  const slots = Array.from({ length: maxThreads }, () => createWorkerSlot(idleMs, maxMemoryMb, logger));
  const free = [...slots];
  const waiting: Waiter[] = [];
  const running = new Set<AbortController>();
  let slowRunning = 0;
  let closed = false;

  const acquire = (slow: boolean): WorkerSlot | undefined => {
    if (slow && slowRunning >= Math.max(1, maxThreads - 1)) return undefined;
    // The slot used last is the one most likely to have a worker.
    const slot = free.pop();
    if (slot && slow) slowRunning += 1;
    return slot;
  };

  const release = (slot: WorkerSlot, slow: boolean) => {
    free.push(slot);
    if (slow) slowRunning -= 1;
    for (const [i, waiter] of waiting.entries()) {
      const next = acquire(waiter.slow);
      if (!next) continue;
      waiting.splice(i, 1);
      waiter.start(next);
      return;
    }
  };

  const waitForSlot = (slow: boolean, signal: AbortSignal | undefined): Promise<WorkerSlot> => {
    if (closed) return Promise.reject(stoppingFault());
    if (signal?.aborted) return Promise.reject(cancelFault(signal));
    const slot = acquire(slow);
    if (slot) return Promise.resolve(slot);
    if (waiting.length >= maxQueued) {
      const message = 'All workers are busy and their queue is full. Try again in a moment.';
      return Promise.reject(new Fault('UNAVAILABLE', message, { retryAfterMs: RETRY_AFTER_MS }));
    }
    return new Promise((resolve, reject) => {
      const cancel = () => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(cancelFault(signal));
      };
      const removeListener = () => signal?.removeEventListener('abort', cancel);
      const waiter: Waiter = {
        slow,
        start(acquired) {
          removeListener();
          resolve(acquired);
        },
        refuse(fault) {
          removeListener();
          reject(fault);
        },
      };
      waiting.push(waiter);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  };

  const perform = async (
    slot: WorkerSlot,
    request: TaskRequest,
    { timeoutMs, signal }: RunOptions,
  ): Promise<TaskResult> => {
    if (closed) throw stoppingFault();
    if (signal?.aborted) throw cancelFault(signal);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(timeoutFault(timeoutMs)), timeoutMs);
    const memoryTimer = setInterval(
      () => terminateOverMemory(slot.threads[0], maxMemoryMb * MIB),
      MEMORY_CHECK_INTERVAL_MS,
    );
    const cancel = () => stop.abort(cancelFault(signal));
    signal?.addEventListener('abort', cancel, { once: true });
    running.add(stop);
    try {
      return await slot.run(request, { signal: stop.signal });
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : workerFault(error, maxMemoryMb);
    } finally {
      clearTimeout(timer);
      clearInterval(memoryTimer);
      signal?.removeEventListener('abort', cancel);
      running.delete(stop);
    }
  };

  return {
    async run<Input, Output>(task: URL, input: Input, options: RunOptions): Promise<Output> {
      const slow = options.timeoutMs > SLOW_TASK_MS;
      const slot = await waitForSlot(slow, options.signal);
      let oversized: Worker | undefined;
      try {
        const result = await perform(slot, { task: task.href, input }, options);
        if (result.memory > maxMemoryMb * MIB * MAX_REUSE_MEMORY_RATIO) oversized = slot.threads[0];
        return outputOf<Output>(result);
      } finally {
        if (oversized) void oversized.terminate().finally(() => release(slot, slow));
        else release(slot, slow);
      }
    },
    async close() {
      closed = true;
      for (const waiter of waiting.splice(0)) waiter.refuse(stoppingFault());
      for (const stop of running) stop.abort(stoppingFault());
      await Promise.all(slots.map((slot) => slot.destroy()));
    },
  };
}

function createWorkerSlot(idleMs: number, maxMemoryMb: number, logger: Logger | undefined): WorkerSlot {
  const slot: WorkerSlot = new Piscina({
    filename: fileURLToPath(new URL('./cpu-worker.ts', import.meta.url)),
    name: 'work',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
    // A worker blocked in Atomics.wait() could not finish what its last task left pending.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb * HEAP_LIMIT_FACTOR, maxYoungGenerationSizeMb: 16 },
    // Tasks need no secret from the environment, and no flag of this process.
    env: compileCacheEnv(),
    execArgv: [],
  });
  return slot.on('error', (error: Error) => logger?.warn('cpu.worker_died', { error: error.message }));
}

/** Shares the compile cache: a thread that strips and compiles everything itself takes 15 MiB more. */
function compileCacheEnv(): Readonly<Record<string, string>> {
  const cacheDir = getCompileCacheDir();
  return cacheDir === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cacheDir) };
}

/** Terminates a worker that uses too much memory, and its task with it. */
async function terminateOverMemory(worker: Worker | undefined, maxBytes: number): Promise<void> {
  try {
    const heap = await worker?.getHeapStatistics();
    if (heap && heap.used_heap_size + heap.external_memory > maxBytes) await worker?.terminate();
  } catch {
    // It ended meanwhile.
  }
}

function outputOf<Output>(result: TaskResult): Output {
  if ('fault' in result) throw new Fault(result.fault.code, result.fault.message, result.fault);
  if ('bug' in result) throw Object.assign(new Error(result.bug.message), { stack: result.bug.stack ?? '' });
  return result.output as Output;
}

/** `cpu-worker.ts` catches what a task throws, so an error here is about the thread. */
function workerFault(error: unknown, maxMemoryMb: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || message === WORKER_TERMINATED_MESSAGE) {
    const text = `This needs more than the ${maxMemoryMb} MiB of memory of one worker. Use less data.`;
    return new Fault('RESOURCE_TOO_LARGE', text, { cause: error });
  }
  return error;
}

function timeoutFault(timeoutMs: number): Fault {
  return new Fault(
    'TIMEOUT',
    `This took longer than ${timeoutMs} ms and was stopped. Use less data, or split the work.`,
  );
}

/** The reason of the signal, when that is a Fault such as TIMEOUT. */
function cancelFault(signal: AbortSignal | undefined): Fault {
  return signal?.reason instanceof Fault ? signal.reason : new Fault('CANCELLED', 'The caller cancelled the task.');
}

function stoppingFault(): Fault {
  return new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', { retryAfterMs: RETRY_AFTER_MS });
}

import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { Fault } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { CpuPool } from '../core/resource.ts';
import type { Answer, Order } from './cpu-worker.ts';

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

/** A task that may take longer than this never gets the last worker, so that short ones do not wait behind it. */
const SLOW_MS = 10_000;
const WEIGH_EVERY_MS = 25;
const RETRY_AFTER_MS = 1_000;

/**
 * Where V8 gives up. It then aborts the whole process, not the one thread, whatever Node's documentation of
 * `resourceLimits` says: growing an array past the limit is enough. So the limit is far above `maxMemoryMb`, and the
 * pool weighs its workers and stops one that became too heavy long before.
 */
const HEAP_HEADROOM = 4;

/** Piscina's words for a worker that `terminate()` ended; a task that ends its own thread is a bug of the task. */
const STOPPED_BY_WEIGHT = 'worker exited with code: 1';

interface Waiter {
  readonly slow: boolean;
  start(): void;
  refuse(fault: Fault): void;
}

/** Worker threads for work that would hold up the event loop or cannot be trusted to end. Starts none before it must. */
export function createCpuPool(options: CpuPoolOptions = {}): CpuPool {
  const { maxThreads = 2, maxQueued = 256, idleMs = 30_000, maxMemoryMb = 256, logger } = options;
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./cpu-worker.ts', import.meta.url)),
    name: 'work',
    minThreads: 0,
    maxThreads,
    idleTimeout: idleMs,
    // A worker that waits in Atomics.wait() cannot finish what its last task left open.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb * HEAP_HEADROOM, maxYoungGenerationSizeMb: 16 },
    // Nothing that runs here needs a secret from the environment, or a flag of this process.
    env: {},
    execArgv: [],
  });
  pool.on('error', (error: Error) => logger?.warn('cpu.worker_died', { error: error.message }));

  const waiting: Waiter[] = [];
  const stops = new Set<AbortController>();
  let running = 0;
  let slowRunning = 0;
  let closed = false;
  let scales: NodeJS.Timeout | undefined;

  const hasRoom = (slow: boolean) => running < maxThreads && (!slow || slowRunning < Math.max(1, maxThreads - 1));

  const enter = (slow: boolean) => {
    running += 1;
    if (slow) slowRunning += 1;
    scales ??= setInterval(() => pool.threads.forEach(weigh), WEIGH_EVERY_MS).unref();
  };

  const leave = (slow: boolean) => {
    running -= 1;
    if (slow) slowRunning -= 1;
    if (running === 0) {
      clearInterval(scales);
      scales = undefined;
    }
    const next = waiting.findIndex((waiter) => hasRoom(waiter.slow));
    if (next >= 0) waiting.splice(next, 1)[0]?.start();
  };

  const weighing = new WeakSet<Worker>();
  const weigh = async (worker: Worker) => {
    if (weighing.has(worker)) return;
    weighing.add(worker);
    try {
      const { used_heap_size: heap, external_memory: buffers } = await worker.getHeapStatistics();
      if (heap + buffers > maxMemoryMb * 2 ** 20) await worker.terminate();
    } catch {
      // It ended in between.
    } finally {
      weighing.delete(worker);
    }
  };

  /** Waits for a place, which `leave` gives back. */
  const place = (slow: boolean, signal: AbortSignal | undefined): Promise<void> => {
    if (signal?.aborted) return Promise.reject(cancelled(signal));
    if (hasRoom(slow)) {
      enter(slow);
      return Promise.resolve();
    }
    if (waiting.length >= maxQueued) {
      const message = 'The workers are busy and their queue is full. Try again in a moment.';
      return Promise.reject(new Fault('UNAVAILABLE', message, { retryAfterMs: RETRY_AFTER_MS }));
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(cancelled(signal));
      };
      const waiter: Waiter = {
        slow,
        start() {
          signal?.removeEventListener('abort', giveUp);
          enter(slow);
          resolve();
        },
        refuse(fault) {
          signal?.removeEventListener('abort', giveUp);
          reject(fault);
        },
      };
      waiting.push(waiter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  };

  const perform = async (order: Order, timeoutMs: number, signal: AbortSignal | undefined): Promise<Answer> => {
    if (signal?.aborted) throw cancelled(signal);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(late(timeoutMs)), timeoutMs);
    const giveUp = () => stop.abort(cancelled(signal));
    signal?.addEventListener('abort', giveUp, { once: true });
    stops.add(stop);
    try {
      return await pool.run(order, { signal: stop.signal });
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : closed ? closing() : workerFault(error, maxMemoryMb);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      stops.delete(stop);
    }
  };

  return {
    async run<Input, Output>(task: URL, input: Input, { timeoutMs, signal }: RunOptions): Promise<Output> {
      if (closed) throw closing();
      const slow = timeoutMs > SLOW_MS;
      await place(slow, signal);
      try {
        const answer = await perform({ task: task.href, input }, timeoutMs, signal);
        if ('output' in answer) return answer.output as Output;
        if ('fault' in answer) throw new Fault(answer.fault.code, answer.fault.message, answer.fault);
        throw Object.assign(new Error(answer.bug.message), { stack: answer.bug.stack ?? '' });
      } finally {
        leave(slow);
      }
    },
    async close() {
      closed = true;
      for (const waiter of waiting.splice(0)) waiter.refuse(closing());
      for (const stop of stops) stop.abort(closing());
      clearInterval(scales);
      await pool.destroy();
    },
  };
}

interface RunOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The task itself never throws past `cpu-worker.ts`: what arrives here is about the thread. */
function workerFault(error: unknown, maxMemoryMb: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || message === STOPPED_BY_WEIGHT) {
    const text = `This takes more than the ${maxMemoryMb} MiB of memory that one worker has. Give it less data.`;
    return new Fault('RESOURCE_TOO_LARGE', text, { cause: error });
  }
  return error;
}

function late(timeoutMs: number): Fault {
  return new Fault('TIMEOUT', `This took longer than ${timeoutMs} ms and was stopped. Give it less to do.`);
}

/** Who aborts may say why with a Fault, for example TIMEOUT. */
function cancelled(signal: AbortSignal | undefined): Fault {
  return signal?.reason instanceof Fault ? signal.reason : new Fault('CANCELLED', 'Stopped by its caller.');
}

function closing(): Fault {
  return new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', { retryAfterMs: RETRY_AFTER_MS });
}

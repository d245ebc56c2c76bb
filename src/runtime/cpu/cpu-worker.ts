import { spawn } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../core/errors.ts';
import { endWithParent } from '../../lib/system/end-with-parent.ts';
import type { TaskOutcome, TaskRequest, WorkerMessage } from './cpu-task.ts';
import { processUsage } from './process-usage.ts';

/** A finished task. */
export interface TaskEnd {
  readonly outcome: TaskOutcome;
  /** CPU time that the task took. */
  readonly cpuMs: number;
  /** Memory of the process after the task. */
  readonly rssBytes: number;
}

/** A process that performs one task at a time. */
export interface CpuWorker {
  /** What the task in progress has used so far; no CPU time before its first instruction. */
  usage(): { readonly cpuMs: number; readonly rssBytes: number };
  /** @throws what `end` was called with, or WorkerLostError, once the process has ended */
  perform(request: TaskRequest): Promise<TaskEnd>;
  /** Kills the process, whatever it does. Resolves when it has ended. */
  end(reason: unknown): Promise<void>;
}

/** The process ended although nobody ended it. */
export class WorkerLostError extends Error {
  /** The signal, or the exit code. */
  readonly by: string | number;

  constructor(by: string | number) {
    super(`the worker process ended by ${typeof by === 'number' ? `exit code ${by}` : by}`);
    this.name = 'WorkerLostError';
    this.by = by;
  }
}

interface TaskInProgress {
  readonly resolve: (end: TaskEnd) => void;
  readonly reject: (error: unknown) => void;
  /** Set by its first instruction. */
  begun?: { readonly cpuMs: number; readonly at: number };
}

const MAIN = fileURLToPath(new URL('./worker-main.ts', import.meta.url));
/** Of the memory of a worker: the rest is for what V8 allocates outside its heap. */
const HEAP_SHARE = 0.75;

/** Starts a worker process. It ends with this process, even if that is killed. */
export function startCpuWorker({ maxBytes }: { readonly maxBytes: number }): CpuWorker {
  const heapMib = Math.floor((maxBytes * HEAP_SHARE) / 2 ** 20);
  const node = [process.execPath, `--max-old-space-size=${heapMib}`, '--max-semi-space-size=8', '--v8-pool-size=1'];
  // Otherwise a task that never ends would survive a server that was killed.
  const [file = '', ...args] = endWithParent([...node, MAIN, String(maxBytes)]);
  const child = spawn(file, args, {
    // What V8 prints when it runs out of memory is no log line.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    // In a separate process group, so that Ctrl-C for the server does not reach it while steps end.
    detached: true,
    // Tasks need no secret from the environment, and no flag of this process.
    env: compileCacheEnv(),
  });
  const exited = Promise.withResolvers<void>();
  let task: TaskInProgress | undefined;
  let endedBy: unknown;
  let isExited = false;

  const onExit = (error: unknown) => {
    endedBy ??= error;
    isExited = true;
    task?.reject(endedBy);
    task = undefined;
    exited.resolve();
  };
  child.on('exit', (code, signal) => onExit(new WorkerLostError(signal ?? code ?? 0)));
  child.on('error', (cause) => {
    const message = 'A worker process could not be started. Try again later.';
    if (child.pid === undefined) onExit(new Fault('UNAVAILABLE', message, { cause, retryAfterMs: 1_000 }));
  });
  child.on('message', (raw) => {
    const message = raw as WorkerMessage;
    const current = task;
    // It is being ended; the end of the process is the end of the task.
    if (!current || endedBy !== undefined) return;
    if (message.type === 'begun') {
      current.begun = { cpuMs: message.cpuMs, at: performance.now() };
      return;
    }
    const { outcome, cpuMs, rssBytes } = message;
    task = undefined;
    current.resolve({ outcome, rssBytes, cpuMs: cpuMs - (current.begun?.cpuMs ?? cpuMs) });
  });

  return {
    usage() {
      const used = child.pid === undefined ? undefined : processUsage(child.pid);
      const begun = task?.begun;
      // Where CPU time cannot be measured, time itself is the best estimate.
      const cpuMs = begun === undefined ? 0 : used ? used.cpuMs - begun.cpuMs : performance.now() - begun.at;
      return { cpuMs: Math.max(0, cpuMs), rssBytes: used?.rssBytes ?? 0 };
    },
    perform(request) {
      if (isExited) return Promise.reject(endedBy);
      return new Promise((resolve, reject) => {
        // Without a callback, a process that ended in the meantime would be an unhandled error. Its exit event tells.
        child.send(request, () => {});
        task = { resolve, reject };
      });
    },
    end(reason) {
      endedBy ??= reason;
      child.kill('SIGKILL');
      return exited.promise;
    },
  };
}

/** Shares the compile cache, so that a worker does not strip and compile everything itself. */
function compileCacheEnv(): Readonly<Record<string, string>> {
  const cacheDir = getCompileCacheDir();
  return cacheDir === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cacheDir) };
}

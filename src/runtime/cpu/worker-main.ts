import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isAllocationError } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import { PRLIMIT, type TaskOutcome, type TaskRequest, type WorkerMessage } from './cpu-task.ts';

interface TaskModule {
  run(input: unknown): unknown;
}

/** What is left for a task even where the process itself takes nearly all. */
const MIN_TASK_BYTES = 16 * 2 ** 20;

/**
 * Makes the kernel refuse memory beyond the limit: to all of this process, in whatever way a task asks for it. RLIMIT_DATA
 * counts what may be written to, of which V8 reserves much that it never uses, so the limit is relative to that. No core files.
 */
function limitMemory(maxBytes: number): void {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const bytesOf = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
    const limit = bytesOf('VmData') + Math.max(maxBytes - bytesOf('VmRSS'), MIN_TASK_BYTES);
    execFileSync(PRLIMIT, ['--pid', String(process.pid), `--data=${limit}`, '--core=0']);
  } catch {
    // Not Linux, or without util-linux: the heap limit of V8 holds, and the pool weighs this process where it can.
  }
}

async function perform({ task, input }: TaskRequest): Promise<void> {
  let outcome: TaskOutcome;
  try {
    const { run } = (await import(task)) as TaskModule;
    send({ type: 'begun', cpuMs: cpuMs() });
    outcome = { output: await run(input) };
  } catch (error) {
    outcome = outcomeOf(error);
  }
  send({ type: 'ended', outcome, cpuMs: cpuMs(), rssBytes: process.memoryUsage.rss() });
}

function outcomeOf(error: unknown): TaskOutcome {
  if (error instanceof Fault) {
    const { code, message, path, violations, retryAfterMs, details } = error;
    return {
      fault: {
        code,
        message,
        violations,
        ...(path && { path }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...(details !== undefined && { details }),
      },
    };
  }
  if (isAllocationError(error)) return { outOfMemory: true };
  if (error instanceof Error) return { bug: { message: `${error.name}: ${error.message}`, stack: error.stack } };
  return { bug: { message: String(error), stack: undefined } };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function send(message: WorkerMessage): void {
  process.send?.(message);
}

limitMemory(Number(process.argv[2]));
process.on('disconnect', () => process.exit());
process.on('message', (request) => void perform(request as TaskRequest));

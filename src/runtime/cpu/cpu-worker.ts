import { getHeapStatistics } from 'node:v8';
import { Fault, type FaultOptions } from '../../core/errors.ts';

/** A task for a worker thread. */
export interface TaskRequest {
  /** URL of the task module. */
  readonly task: string;
  readonly input: unknown;
}

/** The result of a task. Errors lose their class between threads, so they are plain data here. */
export type TaskResult = Outcome & {
  /** Memory of the worker after the task, in bytes: its heap, including garbage, and its buffers. */
  readonly memory: number;
};

type Outcome =
  | { readonly output: unknown }
  | { readonly fault: Pick<Fault, 'code' | 'message'> & FaultOptions }
  | { readonly bug: { readonly message: string; readonly stack: string | undefined } };

interface TaskModule {
  run(input: unknown): unknown;
}

/** Runs in the threads of the pool: loads the task module, once for each thread, and calls it. */
export async function work({ task, input }: TaskRequest): Promise<TaskResult> {
  const outcome = await perform(task, input);
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return { ...outcome, memory: heap + buffers };
}

async function perform(task: string, input: unknown): Promise<Outcome> {
  try {
    const { run } = (await import(task)) as TaskModule;
    return { output: await run(input) };
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error: unknown): Outcome {
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
  if (error instanceof Error) return { bug: { message: `${error.name}: ${error.message}`, stack: error.stack } };
  return { bug: { message: String(error), stack: undefined } };
}

import type { Fault, FaultOptions } from '../../core/errors.ts';

/** Of util-linux: limits the memory of a worker. */
export const PRLIMIT = '/usr/bin/prlimit';

/** A task for a worker. */
export interface TaskRequest {
  /** URL of the task module. */
  readonly task: string;
  readonly input: unknown;
}

/** The result of a task. Errors lose their class between processes, so they are plain data here. */
export type TaskOutcome =
  | { readonly output: unknown }
  | { readonly fault: Pick<Fault, 'code' | 'message'> & FaultOptions }
  | { readonly bug: { readonly message: string; readonly stack: string | undefined } }
  /** The task asked for more memory than there is. */
  | { readonly outOfMemory: true };

/** CPU time of the worker process since it started, in milliseconds. */
interface CpuTime {
  readonly cpuMs: number;
}

/** What a worker tells the pool. */
export type WorkerMessage =
  /** The module is loaded: the task takes its first instruction. */
  | ({ readonly type: 'begun' } & CpuTime)
  | ({ readonly type: 'ended'; readonly outcome: TaskOutcome; readonly rssBytes: number } & CpuTime);

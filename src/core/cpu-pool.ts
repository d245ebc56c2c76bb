import type { User } from './principal.ts';

/** On whose behalf a task runs: seats are shared by tenant, then by user. */
export type CpuOwner = Pick<User, 'tenant' | 'subject'>;

export interface CpuTaskOptions {
  /** CPU time of the task, from its first instruction. Neither waiting nor the load of the machine counts. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** What decides how long the task takes, such as an expression or a schema: the time that it took last predicts the next. */
  readonly program?: string;
  /** The end of the message of TIMEOUT: what the caller can do. Default: use less data, or split the work. */
  readonly advice?: string;
}

/** The pool, as one user may use it. */
export interface Cpu {
  /**
   * Calls the export `run` of the module with `input` (structured-cloned) in a worker. The task must be repeatable: one that
   * is stopped for another, or whose worker is lost, runs again from its beginning.
   * @param task URL of a module that exports `run(input): Promise<Output> | Output`.
   * @throws Fault TIMEOUT after `timeoutMs`, RESOURCE_TOO_LARGE beyond the memory of a worker, UNAVAILABLE when the queue is
   *   full or the worker was lost repeatedly, CANCELLED; a Fault from the task is thrown unchanged.
   */
  run<Input, Output>(task: URL, input: Input, options: CpuTaskOptions): Promise<Output>;
}

/** Runs task modules in worker processes that can be stopped. */
export interface CpuPool {
  of(owner: CpuOwner): Cpu;
  close(): Promise<void>;
}

/** Messages of V8 and Node for memory that they cannot have, and for strings and lists longer than they support. */
const ALLOCATION_MESSAGE =
  /allocation failed|^Failed to allocate memory|^Invalid (string|array|typed array|array buffer) length|^Cannot create a string longer/i;

/** Whether an error that a task catches says that it ran out of memory. Such an error must be thrown again. */
export function isAllocationError(error: unknown): boolean {
  return error instanceof Error && ALLOCATION_MESSAGE.test(error.message);
}

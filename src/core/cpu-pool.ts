/** Runs a task module in a worker thread that can be terminated. */
export interface CpuPool {
  /**
   * Calls the export `run` of the module with `input` (structured-cloned) in a worker.
   * @param task URL of a module that exports `run(input): Promise<Output> | Output`.
   * @throws Fault TIMEOUT after `timeoutMs` (the worker is terminated), UNAVAILABLE when the queue is full, CANCELLED;
   *   a Fault from the task is thrown unchanged.
   */
  run<Input, Output>(
    task: URL,
    input: Input,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Output>;
  close(): Promise<void>;
}

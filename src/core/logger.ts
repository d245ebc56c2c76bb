/** What a log line may carry beside its text; written as `run_id`, `step_id`, `trace_id`. */
export interface LogFields {
  readonly runId?: string;
  readonly stepId?: string;
  readonly traceId?: string;
  readonly [name: string]: unknown;
}

/** `event` is a short stable name (`policy.denied`); what varies goes into the fields. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

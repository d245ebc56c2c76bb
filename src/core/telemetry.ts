import type { PolicyEffect } from './policy.ts';
import type { RunKind } from './run.ts';
import type { RunState } from './states.ts';

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

export type HealthStatus = 'OK' | 'DEGRADED' | 'DOWN';

/** How the server is: as bad as the worst of its checks. Shown to anybody, so details hold no secret. */
export interface Health {
  readonly status: HealthStatus;
  readonly version: string;
  readonly uptimeMs: number;
  readonly checks: readonly { readonly name: string; readonly status: HealthStatus; readonly detail?: string }[];
}

/** What is counted. Every argument that becomes a label has few values, so that the series stay few. */
export interface Metrics {
  /** @param route the pattern (`/artifacts/:digest`), never the path itself. */
  httpRequest(route: string, method: string, status: number, seconds: number): void;
  /** @param seconds from its creation to its end. */
  runEnded(kind: RunKind, state: RunState, seconds: number): void;
  /** One commit of the journal: how many appends shared it, how many events they had, how long it took. */
  journalCommitted(appends: number, events: number, seconds: number): void;
  policyDecided(effect: PolicyEffect): void;
  /** A subscription began; call what it returns, once, when it ends. */
  subscriptionOpened(): () => void;
  /** Everything in Prometheus' text format, version 0.0.4. */
  scrape(): Promise<string>;
}

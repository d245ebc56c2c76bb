import type { PolicyEffect } from './policy.ts';
import type { RunKind } from './run.ts';
import type { RunState } from './run-state.ts';

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

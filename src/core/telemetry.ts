import type { PolicyEffect } from './policy.ts';
import type { RunKind } from './run.ts';
import type { RunState } from './states.ts';

/** Fields of a log line in addition to its event; written as `run_id`, `step_id`, `trace_id`. */
export interface LogFields {
  readonly runId?: string;
  readonly stepId?: string;
  readonly traceId?: string;
  readonly [name: string]: unknown;
}

/** `event` is a short stable name (`policy.denied`); variable data goes into the fields. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type HealthStatus = 'OK' | 'DEGRADED' | 'DOWN';

/** Health of the server: the worst of its checks. Public, so details contain no secret. */
export interface Health {
  readonly status: HealthStatus;
  readonly version: string;
  readonly uptimeMs: number;
  readonly checks: readonly { readonly name: string; readonly status: HealthStatus; readonly detail?: string }[];
}

export type HealthCheck = Health['checks'][number];

/** Notices when what the database has on disk is removed, replaced or damaged. */
export interface StorageWatch {
  /** Checks the pages now and then periodically. Called when the server has started, so that a start does not wait for it. */
  begin(): void;
  check(): Promise<HealthCheck>;
  stop(): Promise<void>;
}

/** What waits, at this moment. */
export interface QueueSizes {
  /** Steps that wait for a slot of this node. */
  readonly steps: number;
  /** Jobs in memory of this node that wait for a worker, by topic. */
  readonly jobs: ReadonlyMap<string, number>;
  /** The same in the database, where all nodes have the same. */
  readonly parkedJobs: ReadonlyMap<string, number>;
}

/** Metrics of the server. Arguments that become labels have few values, which limits the number of series. */
export interface Metrics {
  /** @param route the pattern (`/artifacts/:digest`), never the path itself. */
  httpRequest(route: string, method: string, status: number, seconds: number): void;
  /** @param seconds from creation to end. */
  runEnded(kind: RunKind, state: RunState, seconds: number): void;
  /** One commit of the journal: the appends that shared it, the events in them, the duration. */
  journalCommitted(appends: number, events: number, seconds: number): void;
  policyDecided(effect: PolicyEffect): void;
  /** A packet from the bus was not valid, or not signed by its sender. @param code of the protocol */
  packetRefused(code: string): void;
  /** A webhook was sent an event. @param delivered it answered with a status 2xx */
  webhookAttempted(delivered: boolean): void;
  /** This node drives a run. Returns a function to be called once, when it no longer does. */
  runDriven(): () => void;
  /** Counts the nodes that are alive at each scrape. */
  nodesFrom(count: () => number): void;
  /** Reads the sizes of the queues at each scrape. */
  queuesFrom(read: () => Promise<QueueSizes>): void;
  /** Reads the checks of the health at each scrape. */
  healthFrom(read: () => Promise<Pick<Health, 'checks'>>): void;
  /** A subscription started. Returns a function to be called once, when it ends. */
  subscriptionOpened(): () => void;
  /** All metrics in Prometheus text format, version 0.0.4. */
  scrape(): Promise<string>;
}

import type { Json } from '../lib/json.ts';
import type { ToolContext } from './agent-session.ts';

/** Input of a worker program: one line of JSON on standard input. docs/runtimes.md documents the names. */
export interface WorkItem {
  readonly run_id: string;
  readonly step_id: string;
  /** Key of the step. */
  readonly step: string;
  /** In lower case: `tool`, `codegen` … */
  readonly kind: string;
  readonly capability: string;
  /** From 1. */
  readonly attempt: number;
  readonly input: Json;
  /** Identical for the same attempt. */
  readonly idempotency_key: string;
  readonly trace_id: string;
  readonly timeout_ms: number;
  /** Folder of the run, as a path inside the worker. */
  readonly workspace: string;
}

/** Result of a worker program: the last line of standard output. */
export interface WorkResult {
  readonly status: 'succeeded' | 'failed';
  readonly output?: Json;
  readonly error?: {
    readonly code?: string;
    readonly message: string;
    readonly retryable?: boolean;
    readonly details?: Json;
  };
  /** Files of the workspace that become artifacts of the run. */
  readonly artifacts?: readonly { readonly path: string; readonly name?: string; readonly media_type?: string }[];
}

/** Label of the heartbeats of a worker that takes no more jobs, because it stops. Its value is `true`. */
export const DRAINING_LABEL = 'signalbox.draining';

/** A pool whose steps are jobs on the message bus: a worker that takes them from the topic performs them. */
export interface RemotePool {
  readonly kind: 'remote';
  readonly topic: string;
}

/** Where the steps of a pool are performed. `inline` is this process, and has no Runtime. */
export interface Runtime {
  readonly kind: 'process' | 'docker';
  /** stderr becomes log lines. @throws Fault the error of the worker, which also states whether it is retryable */
  perform(item: Omit<WorkItem, 'workspace'>, context: ToolContext): Promise<Json>;
}

/** Limits of one worker program. */
interface PoolLimits {
  readonly memory_mib: number;
  readonly processes: number;
  readonly cpu_seconds: number;
  /** Size of one file. */
  readonly file_mib: number;
}

/** How a pool performs its steps. */
export type PoolSettings =
  | { readonly runtime: 'inline' }
  | { readonly runtime: 'remote'; readonly topic: string }
  | {
      readonly runtime: 'process';
      readonly command: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly readPaths: readonly string[];
      readonly hosts: readonly string[];
      readonly limits: PoolLimits;
    }
  | {
      readonly runtime: 'docker';
      readonly image: string;
      readonly command: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly network: boolean;
      readonly limits: PoolLimits;
    };

/** What an administrator decided about a worker of the deployment, until it is taken back. */
export interface WorkerRestriction {
  /** `DRAINED`: it gets no jobs. `REVOKED`: packets that are signed with the key are refused; this is never taken back. */
  readonly kind: 'DRAINED' | 'REVOKED';
  readonly workerId: string;
  /** With `REVOKED`: SHA-256 of the key; empty for a worker that does not sign. */
  readonly key: string;
  /** User name of who decided. */
  readonly by: string;
  readonly at: Date;
}

/** Restrictions of workers, which are in force on every node after at most `STANDING_DELAY_MS`, unless the database cannot be reached. */
export interface WorkerRestrictions {
  isDrained(workerId: string): boolean;
  /** @param key SHA-256 of the key that the worker signs with; empty if it does not: then every revocation of it counts */
  isRevoked(workerId: string, key: string): boolean;
  /** Oldest first. */
  list(): readonly WorkerRestriction[];
  add(restriction: WorkerRestriction): Promise<void>;
  /** Takes it back. */
  remove(restriction: WorkerRestriction): Promise<void>;
  /** Calls the listener when a restriction was added or taken back, by any node; returns the function that unsubscribes. */
  onChange(listener: (restriction: WorkerRestriction) => void): () => void;
  close(): Promise<void>;
}

/** What a worker said when it started. */
export interface SavedHandshake {
  readonly workerId: string;
  /** Topics whose jobs it takes. */
  readonly topics: readonly string[];
  readonly sdkVersion: string;
  /** Between two heartbeats of one process; absent until it is known. */
  readonly intervalMs?: number;
  readonly at: Date;
}

/** What workers said when they started, for nodes that did not hear it. */
export interface WorkerHandshakes {
  /** Newest first; at most 10,000. */
  list(): Promise<readonly SavedHandshake[]>;
  /** Replaces those of the same workers. */
  save(handshakes: readonly SavedHandshake[]): Promise<void>;
  remove(workerIds: readonly string[]): Promise<void>;
}

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

import type { Json } from '../lib/json.ts';
import type { ToolContext } from './agent-session.ts';

/** What a worker program gets, as one line of JSON on its standard input. Names are those of docs/runtimes.md. */
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
  /** The same for the same attempt. */
  readonly idempotency_key: string;
  readonly trace_id: string;
  readonly timeout_ms: number;
  /** Folder of the run as the worker sees it. */
  readonly workspace: string;
}

/** What it answers, as the last line of its standard output. */
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

/** Where the steps of a pool are done. `inline` is this process, and has no Runtime. */
export interface Runtime {
  readonly kind: 'process' | 'docker';
  /** stderr becomes log lines. @throws Fault of what went wrong, retryable or not as the worker says */
  perform(item: Omit<WorkItem, 'workspace'>, context: ToolContext): Promise<Json>;
}

/** What one worker program may take. */
export interface PoolLimits {
  readonly memory_mib: number;
  readonly processes: number;
  readonly cpu_seconds: number;
  /** Size of one file. */
  readonly file_mib: number;
}

/** How a pool does its steps. */
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

import type { ErrorCode } from './errors.ts';

/** When a failed attempt is followed by another; the maximum is the step's `maxAttempts`. */
export interface RetryPolicy {
  /** Delay before the second attempt; doubled before each further attempt, with jitter. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Codes that are retried. Default: the retryable codes. */
  readonly on?: readonly ErrorCode[];
}

/** Limits how many runs of a workflow are active at once, by a key that its inputs give. */
export interface ConcurrencyRule {
  readonly key: string;
  readonly limit: number;
  /** What happens to a run that finds the limit reached. */
  readonly overflow: 'queue' | 'cancel_oldest' | 'refuse';
}

/** When a run of a workflow may begin. Keys have at most 256 characters. */
export interface FlowRules {
  readonly concurrency?: ConcurrencyRule;
  /** As many runs of a key begin in `perMs` milliseconds; further ones wait. */
  readonly rate?: { readonly key: string; readonly limit: number; readonly perMs: number };
  /** A run begins once no other of its key has come for `ms` milliseconds; those before it are cancelled. */
  readonly debounce?: { readonly key: string; readonly ms: number };
}

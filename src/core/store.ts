import type { Event } from './event.ts';
import type { JsonObject } from './json.ts';
import type { Scope, User } from './principal.ts';
import type { ArtifactRecord, Output, RunKind, RunRecord, RunSnapshot, StepRecord } from './run.ts';
import type { RunState } from './run-state.ts';

export interface RunFilter {
  readonly state?: readonly RunState[];
  readonly kind?: readonly RunKind[];
  readonly workflow?: string;
  /** Subject or user name of who started it. */
  readonly principal?: string;
  /** Every pair must be among the run's labels. */
  readonly label?: JsonObject;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  /** Found in its goal, workflow name, id or the names of its commands. */
  readonly text?: string;
}

/** Relay's arguments; `after` and `before` are opaque keyset cursors that an earlier page handed out. */
export interface PageArgs {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
}

export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** How many there are in all; counted only when asked for. */
  totalCount(): Promise<number>;
}

/** Bytes that a run made, found by digest: text that lies in the store, or a record of an artifact on disk. */
export type StoredContent =
  | { readonly kind: 'text'; readonly output: Output & { readonly text: string } }
  | { readonly kind: 'artifact'; readonly artifact: ArtifactRecord };

/** Reads of run state. What the scope does not cover is as if it were not there. */
export interface StoreReader {
  run(scope: Scope, id: string): Promise<RunRecord | undefined>;
  snapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  steps(scope: Scope, runId: string): Promise<readonly StepRecord[]>;
  step(scope: Scope, id: string): Promise<StepRecord | undefined>;
  runs(scope: Scope, filter: RunFilter, page: PageArgs): Promise<Page<RunRecord>>;
  /** Runs whose `parentId` is this one. */
  children(scope: Scope, runId: string, page: PageArgs): Promise<Page<RunRecord>>;
  artifacts(scope: Scope, runId: string, page: PageArgs): Promise<Page<ArtifactRecord>>;
  artifact(scope: Scope, id: string): Promise<ArtifactRecord | undefined>;
  artifactByDigest(scope: Scope, digest: string): Promise<ArtifactRecord | undefined>;
  content(scope: Scope, digest: string): Promise<StoredContent | undefined>;
  /** The run that a principal started under this key. */
  runByIdempotencyKey(tenant: string, subject: string, key: string): Promise<RunRecord | undefined>;
  /** All events of one run in order, for verification. */
  eventsOf(scope: Scope, runId: string): AsyncIterable<Event>;
  /** Every run that has not ended, of all tenants, oldest first: for recovery. */
  unfinished(): AsyncIterable<RunSnapshot>;
  ping(): Promise<void>;
}

export interface Account extends User {
  /** scrypt, in the form that auth/password.ts writes. */
  readonly passwordHash: string;
}

/** Accounts that sign in with a password. */
export interface Accounts {
  find(username: string): Promise<Account | undefined>;
  /** Adds the account, or replaces the one with the same user name. */
  put(account: Account): Promise<void>;
}

/** What `verifyRun` found. */
export interface ChainVerification {
  readonly valid: boolean;
  readonly events: number;
  readonly headHash?: string;
  readonly firstInvalidSeq?: number;
  readonly problems: readonly string[];
}

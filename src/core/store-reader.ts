import type { JsonObject } from '../lib/json.ts';
import type { Event } from './event.ts';
import type { Scope } from './principal.ts';
import type {
  ApprovalRecord,
  ApprovalState,
  ArtifactRecord,
  RunKind,
  RunRecord,
  RunSnapshot,
  StepOutput,
  StepRecord,
  ToolCallRecord,
} from './run.ts';
import type { RunState } from './states.ts';

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
  | { readonly kind: 'text'; readonly output: StepOutput & { readonly text: string } }
  | { readonly kind: 'artifact'; readonly artifact: ArtifactRecord };

/** Reads of run state. What the scope does not cover is as if it were not there. */
export interface StoreReader {
  run(scope: Scope, id: string): Promise<RunRecord | undefined>;
  snapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  /** Without the items of a `for_each`. */
  steps(scope: Scope, runId: string): Promise<readonly StepRecord[]>;
  /** The items of one step, in their order. */
  items(scope: Scope, runId: string, parent: string, page: PageArgs): Promise<Page<StepRecord>>;
  stepByKey(scope: Scope, runId: string, key: string): Promise<StepRecord | undefined>;
  step(scope: Scope, id: string): Promise<StepRecord | undefined>;
  runs(scope: Scope, filter: RunFilter, page: PageArgs): Promise<Page<RunRecord>>;
  /** Runs whose `parentId` is this one. */
  children(scope: Scope, runId: string, page: PageArgs): Promise<Page<RunRecord>>;
  artifacts(scope: Scope, runId: string, page: PageArgs): Promise<Page<ArtifactRecord>>;
  artifact(scope: Scope, id: string): Promise<ArtifactRecord | undefined>;
  artifactByDigest(scope: Scope, digest: string): Promise<ArtifactRecord | undefined>;
  content(scope: Scope, digest: string): Promise<StoredContent | undefined>;
  approval(scope: Scope, id: string): Promise<ApprovalRecord | undefined>;
  /** The newest one that the step asked for. */
  approvalOf(scope: Scope, runId: string, step: string): Promise<ApprovalRecord | undefined>;
  /** Newest first. */
  approvals(scope: Scope, state: ApprovalState | undefined, page: PageArgs): Promise<Page<ApprovalRecord>>;
  /** What one step called, in order; the newest 1,000. */
  toolCalls(scope: Scope, runId: string, step: string): Promise<readonly ToolCallRecord[]>;
  toolCall(scope: Scope, runId: string, id: string): Promise<ToolCallRecord | undefined>;
  /** The run that a principal started under this key. */
  runByIdempotencyKey(tenant: string, subject: string, key: string): Promise<RunRecord | undefined>;
  /** All events of one run in order, for verification. */
  eventsOf(scope: Scope, runId: string): AsyncIterable<Event>;
  /** The same of any tenant's run: for the node that takes it over. */
  history(runId: string): AsyncIterable<Event>;
  ping(): Promise<void>;
}

/** What `verifyRun` found. */
export interface ChainVerification {
  readonly valid: boolean;
  readonly events: number;
  readonly headHash?: string;
  readonly firstInvalidSeq?: number;
  readonly problems: readonly string[];
  /** The oldest checkpoint of the server's key that covers the end of the run, once there is one; it fits. */
  readonly checkpoint?: {
    /** How many ends of runs it covers. */
    readonly size: number;
    /** Root of the tree, in hex. */
    readonly rootHash: string;
    /** Base64 of the Ed25519 signature. */
    readonly signature: string;
    readonly keyId: string;
    readonly at: Date;
  };
}

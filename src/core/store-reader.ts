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
  /** Subject or user name of the principal that started the run. */
  readonly principal?: string;
  /** The run must have all of these labels. */
  readonly label?: JsonObject;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  /** Matches the goal, workflow name, id or command names. */
  readonly text?: string;
}

/** Relay's pagination arguments; `after` and `before` are opaque keyset cursors from an earlier page. */
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
  /**
   * Where the page begins and ends, for `before` and `after`: its first and last entry, or beyond them if a search stopped
   * there. Undefined if nothing was found or searched.
   */
  readonly startCursor: string | undefined;
  readonly endCursor: string | undefined;
  /** Number of matches on all pages; counted only when called. */
  totalCount(): Promise<number>;
}

/** Content of a run, by digest: text in the store, or the record of an artifact on disk. */
export type StoredContent =
  | { readonly kind: 'text'; readonly output: StepOutput & { readonly text: string } }
  | { readonly kind: 'artifact'; readonly artifact: ArtifactRecord };

/** Reads run state. Anything outside the scope is treated as missing. */
export interface StoreReader {
  run(scope: Scope, id: string): Promise<RunRecord | undefined>;
  snapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  /** Without the items of a `for_each`. */
  steps(scope: Scope, runId: string): Promise<readonly StepRecord[]>;
  /** The items of one step, by index. */
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
  /** The newest approval that the step requested. */
  approvalOf(scope: Scope, runId: string, step: string): Promise<ApprovalRecord | undefined>;
  /** Newest first. */
  approvals(scope: Scope, state: ApprovalState | undefined, page: PageArgs): Promise<Page<ApprovalRecord>>;
  /** The newest 1,000 tool calls of one step, in order. */
  toolCalls(scope: Scope, runId: string, step: string): Promise<readonly ToolCallRecord[]>;
  toolCall(scope: Scope, runId: string, id: string): Promise<ToolCallRecord | undefined>;
  /** The run that a principal started with this key. */
  runByIdempotencyKey(tenant: string, subject: string, key: string): Promise<RunRecord | undefined>;
  /** All events of one run, in order, for verification. */
  eventsOf(scope: Scope, runId: string): AsyncIterable<Event>;
  /** All events of a run of any tenant, for the node that takes over the run. */
  history(runId: string): AsyncIterable<Event>;
  ping(): Promise<void>;
}

/** The result of `verifyRun`. */
export interface ChainVerification {
  readonly valid: boolean;
  readonly events: number;
  readonly headHash?: string;
  readonly firstInvalidSeq?: number;
  readonly problems: readonly string[];
  /** The oldest checkpoint with the server's key that covers the end of the run, if any; it has been verified. */
  readonly checkpoint?: {
    /** Number of run ends that it covers. */
    readonly size: number;
    /** Root of the tree, in hex. */
    readonly rootHash: string;
    /** Base64 of the Ed25519 signature. */
    readonly signature: string;
    readonly keyId: string;
    readonly at: Date;
  };
}

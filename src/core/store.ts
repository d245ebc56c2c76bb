import type { Json, JsonObject } from '../lib/json.ts';
import type { Event } from './event.ts';
import type { Scope, User } from './principal.ts';
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

/** Who drives which runs, where several nodes share a database. A run has one owner, and only its appends are taken. */
export interface Leases {
  /** This process; another name at each start. */
  readonly nodeId: string;
  /**
   * Says that the node lives, for `LEASE_MS` from now. Called more often than that.
   * @returns false when it was too late: the node's runs may have been taken over, so it must let go of all of them.
   *   `orphans` tells that runs without a living owner may be there to be claimed; `nextAt` when the next schedule is due.
   */
  renew(): Promise<{ readonly renewed: boolean; readonly orphans: boolean; readonly nextScheduleAt: Date | undefined }>;
  /**
   * Takes over runs that have not ended and whose owner is no longer alive, oldest first. Once it resolves, an append
   * of the earlier owner is refused.
   * @returns their ids; fewer than `limit` when there are no more.
   */
  claim(limit: number): Promise<readonly string[]>;
  /** Takes over one run that has ended, so that it can go on. False when another living node has it. */
  takeOver(runId: string): Promise<boolean>;
  /** Lets others claim this node's runs at once. */
  release(): Promise<void>;
}

/** How long a node counts as alive after it said so. */
export const LEASE_MS = 6_000;

/** Something for a run, from whoever is not its driver. Delivered at least once: the same id is the same message. */
export type RunMessage = {
  readonly id: string;
  readonly runId: string;
} & (
  | { readonly type: 'cancel'; readonly by: User; readonly reason?: string; readonly compensate: boolean }
  | {
      readonly type: 'decide';
      readonly approvalId: string;
      readonly by: User;
      readonly approve: boolean;
      readonly comment?: string;
    }
  | { readonly type: 'signal'; readonly by: User; readonly name: string; readonly payload?: Json }
);

/** Messages to runs that other nodes drive. */
export interface Inbox {
  /** Durable when it resolves; the run's driver is woken. */
  send(message: RunMessage): Promise<void>;
  /** What waits for these runs, oldest first. */
  read(runIds: readonly string[]): Promise<readonly RunMessage[]>;
  /** Called with the run's id when something was sent to it, on whichever node; returns how to stop that. */
  onMessage(arrived: (runId: string) => void): () => void;
  acknowledge(ids: readonly string[]): Promise<void>;
}

/** One version of a saved workflow. */
export interface WorkflowRecord {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  /** From 1. */
  readonly version: number;
  readonly description?: string;
  /** As it was given. */
  readonly yaml: string;
  readonly document: JsonObject;
  /** JSON Schema of what it takes. */
  readonly inputs: JsonObject;
  readonly createdAt: Date;
  readonly createdBy: User;
}

export interface Workflows {
  /**
   * Saves the next version; the same text as the newest one saves nothing and gives that. With a schedule the newest
   * version starts by itself from then on; without, no version does.
   */
  save(
    workflow: Omit<WorkflowRecord, 'id' | 'version'>,
    schedule?: { readonly rule: Json; readonly nextAt: Date },
  ): Promise<WorkflowRecord>;
  /** The newest version, unless it was deleted. */
  find(tenant: string, name: string): Promise<WorkflowRecord | undefined>;
  byId(tenant: string, id: string): Promise<WorkflowRecord | undefined>;
  /** The newest version of each, newest first. */
  list(tenant: string, page: PageArgs): Promise<Page<WorkflowRecord>>;
  /** @returns the newest version as it was; undefined when there is none. Its runs stay, its schedule goes. */
  remove(tenant: string, name: string): Promise<WorkflowRecord | undefined>;
}

/** The time at which a saved workflow starts by itself next. */
export interface ScheduleRecord {
  readonly tenant: string;
  readonly name: string;
  readonly workflowId: string;
  /** JSON of a ScheduleRule. */
  readonly rule: Json;
  /** On whose behalf it starts. */
  readonly principal: User;
  readonly nextAt: Date;
}

export interface Schedules {
  /** Those whose time has come, the longest overdue first. */
  due(now: Date, limit: number): Promise<readonly ScheduleRecord[]>;
  /** Moves one on. False when another node was quicker: then that one starts the run. */
  advance(schedule: ScheduleRecord, nextAt: Date): Promise<boolean>;
  nextAt(): Promise<Date | undefined>;
  find(tenant: string, name: string): Promise<ScheduleRecord | undefined>;
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

/** What agents remember: texts by name, of one tenant. */
export interface Memories {
  /** The newest entries, oldest first, as many as fit. Empty when there is none. */
  read(tenant: string, name: string, maxBytes: number): Promise<string>;
  /** @param entry.id the same one again adds nothing */
  append(
    tenant: string,
    name: string,
    entry: { readonly id: string; readonly text: string; readonly at: Date; readonly runId: string },
  ): Promise<void>;
}

/** What tokens of language models may be used: by one run, and by one principal within a day. */
export interface TokenLimits {
  readonly perRun: number;
  readonly perPrincipalDay: number;
}

/** Tokens that were used or may be; a hard ceiling, also for calls at once and on several nodes. */
export interface TokenUsage {
  /**
   * Counts `tokens` as used, when that stays within both limits.
   * @param id the call's; @param day as YYYY-MM-DD, UTC
   * @returns what would have been left otherwise: nothing is counted then; undefined when it is done
   */
  reserve(
    use: {
      readonly id: string;
      readonly runId: string;
      readonly who: User;
      readonly day: string;
      readonly tokens: number;
    },
    limits: TokenLimits,
  ): Promise<{ readonly left: number; readonly of: keyof TokenLimits } | undefined>;
  /** What was used in the end. Never settled: all that was reserved counts. */
  settle(id: string, tokens: number): Promise<void>;
}

/** Secrets that this server got from others, such as OAuth tokens; sealed by whoever puts them here. */
export interface Credentials {
  find(tenant: string, subject: string, name: string): Promise<Uint8Array | undefined>;
  put(tenant: string, subject: string, name: string, sealed: Uint8Array): Promise<void>;
  remove(tenant: string, subject: string, name: string): Promise<boolean>;
}

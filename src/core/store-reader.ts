import type { JsonObject } from '../lib/json.ts';
import type { ErrorCode } from './errors.ts';
import type { Event, TokenCounts } from './event.ts';
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
import type { RunState, StepState } from './states.ts';

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
  /** Only runs that no other run started. */
  readonly roots?: boolean;
  /** The code of the error of the run is one of these. */
  readonly errorCode?: readonly ErrorCode[];
  /** Name of the workflow whose schedule started the run. */
  readonly schedule?: string;
  /** Id of the run that the run repeats. */
  readonly rerunOf?: string;
  /** The run took longer from its start to its end, or has been running for longer. */
  readonly longerThanMs?: number;
  /** Words, each of which the goal, the workflow name, the labels, the error or the inputs contain. */
  readonly words?: string;
}

/** A time range, without its end, in parts of equal length. */
export interface BucketedRange {
  readonly from: Date;
  readonly to: Date;
  readonly buckets: number;
}

/** How many runs of each state there are; states without a run are absent. */
export type StateCounts = ReadonlyMap<RunState, number>;

/** How many steps of each state there are; states without a step are absent. */
export type StepCounts = ReadonlyMap<StepState, number>;

/** What the runs that were accepted in a range are like: each as it was at some moment while they were counted. */
export interface RunStats {
  readonly total: number;
  readonly byState: StateCounts;
  /** In order of time; `at` is where each begins. */
  readonly buckets: readonly { readonly at: Date; readonly byState: StateCounts }[];
  /** Milliseconds that no more than half of the runs that have ended took, or 95 in 100 (nearest rank); absent if none has. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
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
  /** Number of matches on all pages; counted only when called, and once. */
  totalCount(): Promise<TotalCount>;
}

/** Everything that is given must match. */
export interface ArtifactFilter {
  readonly runId?: string;
  /** A part of the name, in upper or lower case; at most 256 characters. */
  readonly text?: string;
  /** `image/png`, or `image/*`. Parameters of the artifact's media type do not count. */
  readonly mediaType?: string;
  /** Stored then or later. */
  readonly since?: Date;
}

/** The greatest total count. Counting more would take time in proportion. */
export const MAX_TOTAL_COUNT = 10_000;

export interface TotalCount {
  readonly count: number;
  /** False if there may be more: they exceed the greatest count, or the search for matches has stopped. */
  readonly isExact: boolean;
}

/** Content of a run, by digest: text in the store, or the record of an artifact on disk. */
export type StoredContent =
  | { readonly kind: 'text'; readonly output: StepOutput & { readonly text: string } }
  | { readonly kind: 'artifact'; readonly artifact: ArtifactRecord };

/** Where a step is. */
export interface StepLocation {
  readonly runId: string;
  readonly key: string;
  readonly isEnded: boolean;
  /** That has its job, or had it. */
  readonly worker?: string;
  /** The node that has the run in memory, if it is alive; absent while the run is parked, and when it has ended. */
  readonly owner?: string;
}

/** Reads run state. Anything outside the scope is treated as missing. */
export interface StoreReader {
  run(scope: Scope, id: string): Promise<RunRecord | undefined>;
  snapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  /** Without the items of a `for_each`. */
  steps(scope: Scope, runId: string): Promise<readonly StepRecord[]>;
  /** The items of one step, by index. @param states only items in one of them */
  items(
    scope: Scope,
    runId: string,
    parent: string,
    page: PageArgs,
    states?: readonly StepState[],
  ): Promise<Page<StepRecord>>;
  /** The steps of some runs, without items, by state. Runs that the scope does not cover are absent. */
  stepCounts(scope: Scope, runIds: readonly string[]): Promise<ReadonlyMap<string, StepCounts>>;
  /** The items of one step by state, exactly. */
  itemCounts(scope: Scope, runId: string, parent: string): Promise<StepCounts>;
  stepByKey(scope: Scope, runId: string, key: string): Promise<StepRecord | undefined>;
  step(scope: Scope, id: string): Promise<StepRecord | undefined>;
  /** For the server itself: which run has the step, of any tenant. */
  locateStep(id: string): Promise<StepLocation | undefined>;
  /** For the server itself: the unfinished steps whose job the worker has, of any tenant. */
  stepsOfWorker(worker: string): Promise<readonly StepRecord[]>;
  runs(scope: Scope, filter: RunFilter, page: PageArgs): Promise<Page<RunRecord>>;
  /**
   * Counts the runs that `runs` would list, exactly.
   * @throws Fault BAD_INPUT for an empty range or a number of buckets out of bounds, TOO_COSTLY when it would have to look at too many runs
   */
  runStats(scope: Scope, filter: RunFilter, range: BucketedRange): Promise<RunStats>;
  /** Of these runs those whose `seq` is no longer the known one. */
  changedRuns(scope: Scope, known: ReadonlyMap<string, number>): Promise<readonly RunRecord[]>;
  /**
   * Number of runs with a greater id that `runs` would list, up to a limit. If few match, it looks at about 10,000 only.
   * @throws Fault BAD_INPUT for a filter that exceeds a limit
   */
  countNewer(scope: Scope, filter: RunFilter, than: string, limit: number): Promise<number>;
  /** Runs whose `parentId` is this one. */
  children(scope: Scope, runId: string, page: PageArgs): Promise<Page<RunRecord>>;
  /** For the server itself: the ids, after this one, of unfinished runs of kind JOB whose `parentId` is this run, in order. */
  unfinishedJobs(tenant: string, runId: string, after: string, limit: number): Promise<readonly string[]>;
  /** For the server itself: unfinished runs of any tenant whose parent was cancelled, in the order of their ids, after this one. */
  unfinishedOfCancelled(
    after: string,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly tenant: string; readonly parentId: string }[]>;
  /** The tokens that agents of some runs used, as their endpoints reported them; runs without a report are absent. */
  tokensOfRuns(scope: Scope, runIds: readonly string[]): Promise<ReadonlyMap<string, TokenCounts>>;
  /** The same for one step, in all its attempts. */
  tokensOfStep(scope: Scope, runId: string, key: string): Promise<TokenCounts | undefined>;
  artifacts(scope: Scope, runId: string, page: PageArgs): Promise<Page<ArtifactRecord>>;
  /**
   * Artifacts of all runs, newest first. A page ends early when few match.
   * @param isVisible asked about artifacts that match, by their digest; the total count does not ask
   * @throws Fault BAD_INPUT for a filter that exceeds a limit
   */
  artifactsOf(
    scope: Scope,
    filter: ArtifactFilter,
    page: PageArgs,
    isVisible: (digest: string) => boolean,
  ): Promise<Page<ArtifactRecord>>;
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

/** A job that goes no further: it was refused, or its run ended without the result of a worker. */
export interface DeadLetter {
  readonly id: string;
  readonly tenant: string;
  /** Of the account of its sender; empty if another scheduler reported it. */
  readonly subject: string;
  readonly at: Date;
  /** What it was made from. The same source is the same letter. */
  readonly source: string;
  readonly jobId: string;
  /** Empty if it is not known. */
  readonly topic: string;
  readonly reason: string;
  readonly message: string;
  /** Who sent the job, or reported it. */
  readonly sender: string;
  readonly traceId: string;
  readonly runId?: string;
  /** What was asked for, as the engine takes it. Absent if it is not known. */
  readonly request?: JsonObject;
}

/** A tenant keeps so many letters, the newest, and none for longer than so many days. */
export const MAX_DEAD_LETTERS = 10_000;
export const MAX_DEAD_LETTER_DAYS = 30;

/** Label of the runs that ask for the job of a dead letter again: its id. */
export const DEAD_LETTER_LABEL = 'signalbox.dead_letter';

export interface DeadLetters {
  /** Durable when it resolves. */
  add(letter: Omit<DeadLetter, 'id'>): Promise<void>;
  find(scope: Scope, id: string): Promise<DeadLetter | undefined>;
  /** Newest first. */
  list(
    scope: Scope,
    filter: { readonly topic?: string; readonly reason?: string },
    page: PageArgs,
  ): Promise<Page<DeadLetter>>;
}

/** The ends of all runs of kind JOB, which one node at a time reads, each at least once. */
export interface JobEndings {
  /**
   * The next ones, in the order of the journal; undefined while another node reads.
   * @param untilMs for how long this node reads, unless it asks again, in milliseconds from now
   */
  next(limit: number, now: Date, untilMs: number): Promise<readonly JobEnding[] | undefined>;
  /** What is up to this position is done. */
  done(position: number): Promise<void>;
}

export interface JobEnding {
  readonly runId: string;
  readonly tenant: string;
  /** Of the last event of the run. */
  readonly position: number;
}

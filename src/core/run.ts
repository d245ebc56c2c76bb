import type { Json, JsonObject } from '../lib/json.ts';
import type { ErrorCode } from './errors.ts';
import type { Decision } from './policy.ts';
import type { User } from './principal.ts';
import type { RunState, StepState } from './states.ts';

export type RunKind = 'COMMAND' | 'PIPELINE' | 'WORKFLOW' | 'AGENT' | 'JOB';
export type Priority = 'CRITICAL' | 'INTERACTIVE' | 'BATCH';

/** Kinds of steps that are made of calls of tools; `src/kinds` has a file for each. */
export const AGENTIC_KINDS = ['PLAN', 'RESEARCH', 'CODEGEN', 'EVAL', 'REPO', 'NOTIFY'] as const;
export type AgenticKind = (typeof AGENTIC_KINDS)[number];

export const STEP_KINDS = [
  'COMMAND',
  'QUERY',
  'AGENT',
  'TOOL',
  'TRANSFORM',
  'APPROVAL',
  'SLEEP',
  'SIGNAL',
  'WORKFLOW',
  ...AGENTIC_KINDS,
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** `pure`: may be done again and only its result counts. `external`: the intent is durable before it acts. */
export type Effect = 'pure' | 'external';

/** Why a run or a step ended badly. Plain JSON, kept in the journal. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** Key of the step it came from. */
  readonly step?: string;
  readonly details?: Json;
  readonly retryable: boolean;
}

/**
 * What a step made. Text of up to 64 KiB lies here; anything else is an artifact, found by its digest.
 * Either way `artifact:sha256/<digest>` names it.
 */
export interface StepOutput {
  readonly mediaType: string;
  readonly size: number;
  /** sha256 of the bytes, 64 hex digits. */
  readonly digest: string;
  readonly text?: string;
}

/** When and how often a failed attempt is followed by another; how often at most is the step's `maxAttempts`. */
export interface RetryPolicy {
  /** Before the second attempt; doubled before each further one, with jitter. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Codes that are tried again; those that may pass by themselves unless told. */
  readonly on?: readonly ErrorCode[];
}

/** What a step does, and on what terms its attempts are made. */
export interface StepBody {
  readonly kind: StepKind;
  /** Name of the command, query, tool, agent backend or workflow; the kind in lower case where nothing else is named. */
  readonly capability: string;
  readonly effect: Effect;
  /** Options or arguments. Absent: the run's inputs. */
  readonly input?: Json;
  readonly maxAttempts: number;
  readonly terms?: StepOptions;
}

/** The options of a step that most steps do not have. */
export interface StepOptions {
  /** Strings of `input` may hold `{{ expressions }}`, evaluated when the step is scheduled. */
  readonly evaluate?: true;
  /** The media type that its output must have, without parameters. */
  readonly outputMediaType?: string;
  readonly retry?: RetryPolicy;
  /** Of one attempt. */
  readonly timeoutMs?: number;
  /** An attempt that was cut off may be made again, although the capability acts on the world. */
  readonly idempotent?: true;
  /** Expression; the step is SKIPPED when it is false. */
  readonly when?: string;
  /** Its bad end does not stop the run. */
  readonly continueOnError?: true;
  /** A list, or the expression that gives one: the step is done once for each item. */
  readonly forEach?: Json;
  /** Items under way at once. */
  readonly maxParallel?: number;
  readonly onItemFailure?: 'fail_fast' | 'collect';
  /** What undoes it, when the run fails or is cancelled after it succeeded. */
  readonly compensate?: StepBody;
  /** The step that is done again with this one's error before this one is tried again. */
  readonly repair?: { readonly step: string; readonly maxRounds: number };
  /** Whose runtime does it; see docs/runtimes.md. */
  readonly pool?: string;
  readonly labels?: JsonObject;
  /** Its output is taken from an earlier step of the same key, made within the time; both may be expressions. */
  readonly cache?: { readonly key: string; readonly ttlMs: number };
}

/** A step as it was planned; immutable once a run has it. */
export interface PlannedStep extends StepBody {
  readonly id: string;
  /** Its name in the document, unique in the run. */
  readonly key: string;
  readonly title: string;
  readonly dependsOn: readonly string[];
}

/** A step that came up on the way. What it does, it takes from the step it belongs to. */
export type AddedStep = {
  readonly id: string;
  readonly key: string;
  /** Key of the step that it belongs to. */
  readonly parent: string;
} & (
  | { readonly role: 'item'; readonly index: number; readonly item: Json }
  /** Undoes `parent`, after those that it depends on. */
  | { readonly role: 'compensation'; readonly dependsOn: readonly string[] }
);

/** What a run has beside its steps; kept as it was when the run began. */
export interface RunPlan {
  /** Version of the saved workflow. */
  readonly version?: number;
  /** How many runs stand above it, each started by the one before. */
  readonly depth?: number;
  /** Steps of the run under way at once. */
  readonly maxParallel?: number;
  /** Steps under way at once in all runs of the workflow. */
  readonly maxParallelRuns?: number;
  /** Name → value with expressions, evaluated when the run has succeeded. */
  readonly outputs?: JsonObject;
}

export interface StepRecord extends PlannedStep {
  readonly runId: string;
  /** Place among the run's steps, from 0; items and compensations come after all that were planned. */
  readonly position: number;
  readonly state: StepState;
  /** 0 before the first try. */
  readonly attempt: number;
  readonly output?: StepOutput;
  readonly error?: Failure;
  readonly decision?: Decision;
  readonly progress?: Progress;
  /** Key of the step that it is an item or the compensation of. */
  readonly parent?: string;
  readonly role?: AddedStep['role'];
  /** Its place among the items. */
  readonly index?: number;
  readonly item?: Json;
  /** When it goes on by itself: a sleep, a backoff, a throttle, an expiry. */
  readonly wakeAt?: Date;
  /** The run that it started. */
  readonly childId?: string;
  readonly scheduledAt?: Date;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
}

export interface Progress {
  readonly percent?: number;
  readonly memo?: string;
  readonly at: string;
}

export interface RunRecord {
  readonly id: string;
  readonly kind: RunKind;
  readonly state: RunState;
  readonly goal?: string;
  readonly workflow?: string;
  readonly principal: User;
  readonly inputs: Json;
  readonly plan?: RunPlan;
  /** What its plan's outputs came to, once it has succeeded. */
  readonly outputs?: JsonObject;
  readonly labels: JsonObject;
  readonly priority: Priority;
  readonly traceId: string;
  readonly idempotencyKey?: string;
  /** sha256 of what was asked for; tells a repeated request from another one under the same key. Empty without a key. */
  readonly requestDigest: string;
  readonly parentId?: string;
  readonly rerunOf?: string;
  readonly error?: Failure;
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  /** Seq of its newest event. */
  readonly seq: number;
  /** Position of its newest event in the journal. */
  readonly headPosition: number;
  /** Hash of its newest event. */
  readonly headHash: string;
}

/** A run with its steps, in the order of the plan; of the items of a `for_each` only as many as the reader asked for. */
export interface RunSnapshot {
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
}

export const APPROVAL_STATES = ['OPEN', 'APPROVED', 'REJECTED', 'EXPIRED'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** A decision that a person owes before a step goes on. */
export interface ApprovalRecord {
  readonly id: string;
  readonly runId: string;
  /** Key of the step that waits. */
  readonly step: string;
  /** Digest of the tool call that is to be approved, with its arguments, where it is not the step itself. */
  readonly call?: string;
  readonly state: ApprovalState;
  readonly reason: string;
  /** Who may decide has one of these; empty: whom the policy lets. */
  readonly roles: readonly string[];
  readonly requestedAt: Date;
  readonly expiresAt?: Date;
  readonly decidedAt?: Date;
  readonly decidedBy?: User;
  readonly comment?: string;
}

/** A tool that a step called. */
export interface ToolCallRecord {
  readonly id: string;
  readonly runId: string;
  /** Key of the step that called it. */
  readonly step: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Absent while it is at work, and when it failed. */
  readonly result?: Json;
  readonly error?: Failure;
  /** Seq of the event that it began with. */
  readonly seq: number;
  readonly calledAt: Date;
  readonly durationMs?: number;
}

export interface ArtifactRecord {
  readonly id: string;
  readonly digest: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly runId: string;
  /** Key of the step that made it. */
  readonly step?: string;
  readonly createdAt: Date;
}

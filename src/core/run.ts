import { createHash } from 'node:crypto';
import { canonicalJson, type Json, type JsonObject } from '../lib/json.ts';
import type { ErrorCode } from './errors.ts';
import type { Decision } from './policy.ts';
import type { User } from './principal.ts';
import type { FlowRules, RetryPolicy } from './run-rules.ts';
import type { RunState, StepState } from './states.ts';

export type RunKind = 'COMMAND' | 'PIPELINE' | 'WORKFLOW' | 'AGENT' | 'JOB';
export type Priority = 'CRITICAL' | 'INTERACTIVE' | 'BATCH';

/** A kind that a plugin brings, in capitals. */
type PluginKind = string & { readonly pluginKind?: never };

/** Kinds of steps that act through a session, as agents do; `src/step-kinds` has a file for each. */
export const AGENTIC_KINDS = ['PLAN', 'RESEARCH', 'CODEGEN', 'EVAL', 'REPO', 'NOTIFY', 'HTTP', 'JOB'] as const;
export type AgenticKind = (typeof AGENTIC_KINDS)[number] | PluginKind;

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
/** The kinds of this server; plugins add others. */
export type BuiltInKind = (typeof STEP_KINDS)[number];
export type StepKind = BuiltInKind | PluginKind;

/** `pure`: may be repeated; only its result counts. `external`: the intent is durable before the step acts. */
export type Effect = 'pure' | 'external';

/** Why a run or a step failed. Plain JSON, stored in the journal. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** Key of the step that caused it. */
  readonly step?: string;
  readonly details?: Json;
  readonly retryable: boolean;
  /** Neither a retry nor a repair can help: the step is FAILED_FATAL. */
  readonly fatal?: true;
  /** The next attempt starts no earlier: the service that failed asked for this delay. */
  readonly retryAfterMs?: number;
}

/**
 * The output of a step. Text of up to 64 KiB is inline; anything else is an artifact, identified by its digest.
 * In both cases its URI is `artifact:sha256/<digest>`.
 */
export interface StepOutput {
  readonly mediaType: string;
  readonly size: number;
  /** sha256 of the bytes, 64 hex digits. */
  readonly digest: string;
  readonly text?: string;
}

/** What a step does, and the options of its attempts. */
export interface StepBody {
  readonly kind: StepKind;
  /** Name of the command, query, tool, agent backend or workflow; otherwise the kind in lower case. */
  readonly capability: string;
  readonly effect: Effect;
  /** Options or arguments. Default: the run's inputs. */
  readonly input?: Json;
  readonly maxAttempts: number;
  readonly terms?: StepOptions;
}

/** Options that most steps do not set. */
export interface StepOptions {
  /** Strings of `input` may hold `{{ expressions }}`, evaluated when the step is scheduled. */
  readonly evaluate?: true;
  /** Required media type of the output, without parameters. */
  readonly outputMediaType?: string;
  readonly retry?: RetryPolicy;
  /** Time limit of one attempt. */
  readonly timeoutMs?: number;
  /** An interrupted attempt may be repeated, although the capability has external effects. */
  readonly idempotent?: true;
  /** Expression; when false, the step is SKIPPED. */
  readonly when?: string;
  /** A failure of the step does not fail the run. */
  readonly continueOnError?: true;
  /** A list, or an expression that evaluates to one: the step runs once for each item. With `batch` also a source. */
  readonly forEach?: Json;
  /** Number of items that the step gets at once, as a list. */
  readonly batch?: number;
  /** Maximum number of items that run at once. */
  readonly maxParallel?: number;
  readonly onItemFailure?: 'fail_fast' | 'collect';
  /** Undoes the step, when the run fails or is cancelled after the step succeeded. */
  readonly compensate?: StepBody;
  /** The step that runs again, with the error of this step, before this step is retried. */
  readonly repair?: { readonly step: string; readonly maxRounds: number };
  /** Of a step that starts a workflow: which version. Default: the one that its document was saved with. */
  readonly version?: number | 'latest';
  /** The pool whose runtime performs the step; see docs/runtimes.md. */
  readonly pool?: string;
  /** Topic to which the step is sent as a job, because its pool is remote. */
  readonly topic?: string;
  readonly labels?: JsonObject;
  /** Reuses the output of an earlier step with the same key that is not older than the TTL; both may be expressions. */
  readonly cache?: { readonly key: string; readonly ttlMs: number };
}

/** A planned step; immutable once it belongs to a run. */
export interface PlannedStep extends StepBody {
  readonly id: string;
  /** Its name in the document, unique in the run. */
  readonly key: string;
  readonly title: string;
  readonly dependsOn: readonly string[];
}

/** A step that was added while the run was active. Its body comes from the step that it belongs to. */
export type AddedStep = {
  readonly id: string;
  readonly key: string;
  /** Key of the step that it belongs to. */
  readonly parent: string;
} & (
  | { readonly role: 'item'; readonly index: number; readonly item: Json }
  /** Undoes `parent`, after the steps that it depends on. */
  | { readonly role: 'compensation'; readonly dependsOn: readonly string[] }
);

/** The plan of a run apart from its steps; unchanged after the run was created. */
export interface RunPlan {
  /** Version of the saved workflow. */
  readonly version?: number;
  /** Who else wrote what the run does, with their roles at that time: it may only do what they may do as well. */
  readonly authors?: readonly User[];
  /** The versions, by name, of the saved workflows that its steps start; of others the newest. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Number of ancestor runs. */
  readonly depth?: number;
  /** Maximum number of steps of the run that run at once. */
  readonly maxParallel?: number;
  /** Maximum number of steps that run at once in all runs of the workflow. */
  readonly maxParallelRuns?: number;
  /** When it may begin. */
  readonly flow?: FlowRules;
  /** By name, values with expressions that are evaluated when the run has succeeded. */
  readonly outputs?: JsonObject;
  /** Of a job that came by the bus: the id of its sender, who learns of its end there. */
  readonly sender?: string;
}

/** Why a step runs again: another step failed, and this one is to repair it. */
export interface Repair {
  /** Key of the step that failed. */
  readonly step: string;
  /** From 1. */
  readonly round: number;
  readonly error: Failure;
}

export interface StepRecord extends PlannedStep {
  readonly runId: string;
  /** Position among the run's steps, from 0; items and compensations come after all planned steps. */
  readonly position: number;
  readonly state: StepState;
  /** 0 before the first attempt. */
  readonly attempt: number;
  readonly output?: StepOutput;
  readonly error?: Failure;
  readonly decision?: Decision;
  readonly progress?: Progress;
  /** What it was to repair when it ran again last. */
  readonly repair?: Repair;
  /** Key of the step of which this step is an item or the compensation. */
  readonly parent?: string;
  readonly role?: AddedStep['role'];
  /** Index among the items. */
  readonly index?: number;
  readonly item?: Json;
  /** When the step resumes automatically: a sleep, backoff, throttle or expiry ends. */
  readonly wakeAt?: Date;
  /** The run that the step started. */
  readonly childId?: string;
  /** Id of the worker that has the job of the step, or had it last. */
  readonly worker?: string;
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
  /** The evaluated outputs of the plan, once the run has succeeded. */
  readonly outputs?: JsonObject;
  readonly labels: JsonObject;
  readonly priority: Priority;
  readonly traceId: string;
  readonly idempotencyKey?: string;
  /** sha256 of the request; distinguishes a repeated request from a different one with the same key. Empty without a key. */
  readonly requestDigest: string;
  readonly parentId?: string;
  readonly rerunOf?: string;
  readonly error?: Failure;
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  /** Seq of the newest event. */
  readonly seq: number;
  /** Position of the newest event in the journal. */
  readonly headPosition: number;
  /** Hash of the newest event. */
  readonly headHash: string;
}

/** A run with its steps in plan order; of the items of a `for_each`, only as many as the reader requested. */
export interface RunSnapshot {
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
}

const APPROVAL_STATES = ['OPEN', 'APPROVED', 'REJECTED', 'EXPIRED'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** A decision by a person that a step waits for. */
export interface ApprovalRecord {
  readonly id: string;
  readonly runId: string;
  /** Key of the waiting step. */
  readonly step: string;
  /** Digest of the tool call and its arguments, if a tool call rather than the step needs approval. */
  readonly call?: string;
  readonly state: ApprovalState;
  readonly reason: string;
  /** Roles of which the approver must have one; empty: anyone whom the policy allows. */
  readonly roles: readonly string[];
  readonly requestedAt: Date;
  readonly expiresAt?: Date;
  readonly decidedAt?: Date;
  readonly decidedBy?: User;
  readonly comment?: string;
}

/** A tool call of a step. */
export interface ToolCallRecord {
  readonly id: string;
  readonly runId: string;
  /** Key of the calling step. */
  readonly step: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Absent while the call is running, and when it failed. */
  readonly result?: Json;
  readonly error?: Failure;
  /** Seq of the event that started the call. */
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
  /** Key of the step that created the artifact. */
  readonly step?: string;
  readonly createdAt: Date;
}

/** Small JSON as the output of a step. */
export function jsonOutput(value: Json): StepOutput {
  const text = canonicalJson(value);
  const digest = createHash('sha256').update(text).digest('hex');
  return { mediaType: 'application/json', size: Buffer.byteLength(text), digest, text };
}

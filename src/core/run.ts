import type { Decision } from './decision.ts';
import type { ErrorCode } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { User } from './principal.ts';
import type { RunState } from './run-state.ts';
import type { StepState } from './step-state.ts';

export type RunKind = 'COMMAND' | 'PIPELINE' | 'WORKFLOW' | 'AGENT' | 'JOB';
export type StepKind = 'COMMAND' | 'QUERY';
export type Priority = 'CRITICAL' | 'INTERACTIVE' | 'BATCH';

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
export interface Output {
  readonly mediaType: string;
  readonly size: number;
  /** sha256 of the bytes, 64 hex digits. */
  readonly digest: string;
  readonly text?: string;
}

/** A step as it was planned; immutable once a run has it. */
export interface PlannedStep {
  readonly id: string;
  /** Its name in the document, unique in the run. */
  readonly key: string;
  readonly title: string;
  readonly kind: StepKind;
  /** Name of the command or query. */
  readonly capability: string;
  readonly effect: Effect;
  readonly input: JsonObject;
  readonly dependsOn: readonly string[];
  readonly maxAttempts: number;
  /** The media type that its output must have, without parameters. */
  readonly outputMediaType?: string;
}

export interface StepRecord extends PlannedStep {
  readonly runId: string;
  /** Place among the run's steps, from 0. */
  readonly position: number;
  readonly state: StepState;
  /** 0 before the first try. */
  readonly attempt: number;
  readonly output?: Output;
  readonly error?: Failure;
  readonly decision?: Decision;
  readonly progress?: Progress;
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

/** A run with its steps, in the order of the plan. */
export interface RunSnapshot {
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
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

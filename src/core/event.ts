import type { Decision } from './decision.ts';
import type { Json, JsonObject } from './json.ts';
import type { User } from './principal.ts';
import type { Failure, Output, PlannedStep, Priority, RunKind } from './run.ts';
import type { RunState } from './run-state.ts';
import type { StepState } from './step-state.ts';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** What each type of event carries. Payloads are plain JSON without undefined values. */
export interface EventPayloads {
  RUN_CREATED: {
    readonly kind: RunKind;
    readonly principal: User;
    readonly inputs: Json;
    readonly steps: readonly PlannedStep[];
    readonly labels: JsonObject;
    readonly priority: Priority;
    readonly traceId: string;
    readonly requestDigest: string;
    readonly idempotencyKey?: string;
    readonly goal?: string;
    readonly workflow?: string;
    readonly parentId?: string;
    readonly rerunOf?: string;
  };
  RUN_STATE_CHANGED: {
    readonly from: RunState;
    readonly to: RunState;
    /** When the first move away from PENDING was, where several moves were recorded as one. */
    readonly startedAt?: string;
    readonly error?: Failure;
  };
  STEP_STATE_CHANGED: {
    readonly from: StepState;
    readonly to: StepState;
    readonly attempt: number;
    /** When it began to run, where several moves were recorded as one. */
    readonly startedAt?: string;
    readonly output?: Output;
    readonly error?: Failure;
  };
  STEP_PROGRESS: { readonly percent?: number; readonly memo?: string };
  LOG: { readonly level: LogLevel; readonly text: string };
  ARTIFACT_CREATED: {
    readonly id: string;
    readonly digest: string;
    readonly name: string;
    readonly mediaType: string;
    readonly size: number;
  };
  POLICY_DECIDED: { readonly decision: Decision };
}

export type EventType = keyof EventPayloads;

export const EVENT_TYPES = [
  'RUN_CREATED',
  'RUN_STATE_CHANGED',
  'STEP_STATE_CHANGED',
  'STEP_PROGRESS',
  'LOG',
  'ARTIFACT_CREATED',
  'POLICY_DECIDED',
] as const satisfies readonly EventType[];

/** An event before it is in the journal. */
export type NewEvent = {
  [T in EventType]: {
    readonly type: T;
    readonly at: Date;
    /** Key of the step it is about. */
    readonly step?: string;
    readonly payload: EventPayloads[T];
  };
}[EventType];

/** An event in the journal. */
export type Event = NewEvent & {
  /** Place in the whole journal: strictly increasing in commit order. */
  readonly position: number;
  readonly runId: string;
  /** Place in its run: 1, 2, 3, … */
  readonly seq: number;
  /** Whose run it belongs to. */
  readonly tenant: string;
  readonly subject: string;
  readonly prevHash: string;
  /** Lower-case hex of sha256(0x00 ‖ runId ‖ seq ‖ prevHash ‖ JCS(event)); see store/hash-chain.ts. */
  readonly hash: string;
};

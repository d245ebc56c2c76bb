import type { Json, JsonObject } from '../lib/json.ts';
import type { Decision } from './policy.ts';
import type { User } from './principal.ts';
import type { AddedStep, ApprovalState, Failure, PlannedStep, Priority, RunKind, RunPlan, StepOutput } from './run.ts';
import type { RunState, StepState } from './states.ts';

/** Why a step is done again: another one failed, and this one is to mend it. */
export interface Repair {
  /** Key of the step that failed. */
  readonly step: string;
  /** From 1. */
  readonly round: number;
  readonly error: Failure;
}

/** A call of a tool as a model asks for it. */
export interface ToolCallRequest {
  /** The model's own name for it. */
  readonly id: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

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
    readonly plan?: RunPlan;
    readonly parentId?: string;
    readonly rerunOf?: string;
  };
  RUN_STATE_CHANGED: {
    readonly from: RunState;
    readonly to: RunState;
    /** When the first move away from PENDING was, where several moves were recorded as one. */
    readonly startedAt?: string;
    readonly error?: Failure;
    /** Of a run that succeeded: what its plan's outputs came to. */
    readonly outputs?: JsonObject;
  };
  /** Items of a `for_each`, or what undoes the steps that succeeded. */
  STEPS_ADDED: { readonly steps: readonly AddedStep[] };
  STEP_STATE_CHANGED: {
    readonly from: StepState;
    readonly to: StepState;
    readonly attempt: number;
    /** When it was ready, and when it began to run, where several moves were recorded as one. */
    readonly scheduledAt?: string;
    readonly startedAt?: string;
    /** What its input came to, where it holds expressions. */
    readonly input?: Json;
    readonly output?: StepOutput;
    readonly error?: Failure;
    /** When it goes on by itself. */
    readonly wakeAt?: string;
    /** The run that it starts. */
    readonly childId?: string;
    /** With PENDING: it is done again to mend another step. */
    readonly repair?: Repair;
  };
  STEP_PROGRESS: { readonly percent?: number; readonly memo?: string };
  LOG: { readonly level: LogLevel; readonly text: string };
  /** Something that was said to an agent, or that it said; whole. */
  AGENT_MESSAGE: {
    readonly role: 'system' | 'user' | 'assistant';
    readonly text: string;
    /** Tools that it wants called, in this order. */
    readonly calls?: readonly ToolCallRequest[];
  };
  /** A piece of what an agent is saying; the whole follows as AGENT_MESSAGE. */
  AGENT_DELTA: { readonly text: string };
  TOOL_CALLED: { readonly call: { readonly id: string; readonly tool: string; readonly arguments: JsonObject } };
  /** `result`, or `error`. */
  TOOL_RETURNED: {
    readonly call: {
      readonly id: string;
      readonly tool: string;
      readonly result?: Json;
      /** The result was too large for the journal: `result` tells where it is kept. */
      readonly kept?: true;
      readonly error?: Failure;
      readonly durationMs: number;
    };
  };
  /** Something that people should know. */
  NOTIFICATION: { readonly level: LogLevel; readonly message: string };
  ARTIFACT_CREATED: {
    readonly id: string;
    readonly digest: string;
    readonly name: string;
    readonly mediaType: string;
    readonly size: number;
  };
  POLICY_DECIDED: { readonly decision: Decision };
  APPROVAL_REQUESTED: {
    readonly id: string;
    readonly reason: string;
    /** Digest of the tool call that is to be approved, with its arguments, where it is not the step itself. */
    readonly call?: string;
    readonly roles?: readonly string[];
    readonly expiresAt?: string;
  };
  /** Without `by` nobody decided: its time was over, or its run ended. */
  APPROVAL_DECIDED: {
    readonly id: string;
    readonly state: Exclude<ApprovalState, 'OPEN'>;
    readonly by?: User;
    readonly comment?: string;
  };
  /** `id` is the sender's: the same one again is the same signal. */
  SIGNAL_RECEIVED: { readonly id: string; readonly name: string; readonly payload?: Json };
}

/** Every type of event, in the order in which lists show them; the one place that a new type is added to besides its payload. */
export const EVENT_TYPES = {
  RUN_CREATED: {
    graphqlType: 'RunCreated',
    description: 'A run was accepted. Always the first event of its run.',
  },
  RUN_STATE_CHANGED: {
    graphqlType: 'RunStateChanged',
    description:
      'A run changed state. When `to` is a final state, this is the last event of the run, unless `retryStep` continues it.',
  },
  STEPS_ADDED: {
    graphqlType: 'StepsAdded',
    description: 'Steps were added while the run was active: the items of a `for_each`, or compensations.',
  },
  STEP_STATE_CHANGED: { graphqlType: 'StepStateChanged', description: 'A step changed state.' },
  STEP_PROGRESS: { graphqlType: 'StepProgress', description: 'A step reported its progress.' },
  LOG: { graphqlType: 'LogLine', description: 'A step wrote to its log.' },
  AGENT_MESSAGE: {
    graphqlType: 'AgentMessage',
    description: 'A complete message to or from an agent.',
  },
  AGENT_DELTA: {
    graphqlType: 'AgentDelta',
    description: 'A fragment of a message that an agent is producing. At most 20 a second for each step.',
  },
  TOOL_CALLED: {
    graphqlType: 'ToolCalled',
    description: 'A step called a tool. The result follows as `ToolReturned`.',
  },
  TOOL_RETURNED: { graphqlType: 'ToolReturned', description: 'A tool call returned a result, or failed.' },
  ARTIFACT_CREATED: { graphqlType: 'ArtifactCreated', description: 'An artifact was stored.' },
  POLICY_DECIDED: { graphqlType: 'PolicyDecided', description: 'The policy made a decision about a step.' },
  APPROVAL_REQUESTED: {
    graphqlType: 'ApprovalRequested',
    description: 'A step is waiting for a person to approve it.',
  },
  APPROVAL_DECIDED: {
    graphqlType: 'ApprovalDecided',
    description: 'An approval was granted or rejected, or it expired.',
  },
  SIGNAL_RECEIVED: {
    graphqlType: 'SignalReceived',
    description: 'A signal was sent to the run. It is kept until a step consumes it.',
  },
  NOTIFICATION: { graphqlType: 'Notification', description: 'A message for people.' },
} as const satisfies Record<keyof EventPayloads, { readonly graphqlType: string; readonly description: string }>;

export type EventType = keyof typeof EVENT_TYPES;

export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as readonly EventType[];

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
  /** Lower-case hex of sha256(0x00 ‖ runId ‖ seq ‖ prevHash ‖ JCS(event)); see audit/event-hash.ts. */
  readonly hash: string;
};

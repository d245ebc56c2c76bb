import type { Json, JsonObject } from '../lib/json.ts';
import type { Decision } from './policy.ts';
import type { User } from './principal.ts';
import type {
  AddedStep,
  ApprovalState,
  Failure,
  PlannedStep,
  Priority,
  Repair,
  RunKind,
  RunPlan,
  StepOutput,
} from './run.ts';
import type { RunState, StepState } from './states.ts';

/** Tokens of a language model. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
}

/** A tool call requested by a model. */
export interface ToolCallRequest {
  /** The id that the model chose. */
  readonly id: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** How a job ended, as its worker reports it. */
export interface JobEnd {
  readonly jobId: string;
  readonly status: JobEndStatus;
  /** Id of the worker. */
  readonly worker: string;
  /** Where the result is. Absent for a job without one. */
  readonly resultPtr?: string;
  readonly artifactPtrs?: readonly string[];
  readonly executionMs?: number;
  /** Code of the worker, and its words. */
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

export const JOB_END_STATUSES = [
  'SUCCEEDED',
  'FAILED',
  'FAILED_RETRYABLE',
  'FAILED_FATAL',
  'TIMEOUT',
  'DENIED',
  'CANCELLED',
] as const;
export type JobEndStatus = (typeof JOB_END_STATUSES)[number];

/** The payload of each type of event: plain JSON without undefined values. */
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
    /** The document, unless a saved version has it, or it is long. Only in the event: no list of runs reads it. */
    readonly text?: string;
  };
  RUN_STATE_CHANGED: {
    readonly from: RunState;
    readonly to: RunState;
    /** When the run left PENDING, if several transitions were recorded as one. */
    readonly startedAt?: string;
    readonly error?: Failure;
    /** The evaluated outputs of the plan, when the run succeeded. */
    readonly outputs?: JsonObject;
  };
  /** Items of a `for_each`, or compensations of the steps that succeeded. */
  STEPS_ADDED: { readonly steps: readonly AddedStep[] };
  STEP_STATE_CHANGED: {
    readonly from: StepState;
    readonly to: StepState;
    readonly attempt: number;
    /** When the step became ready and when it started, if several transitions were recorded as one. */
    readonly scheduledAt?: string;
    readonly startedAt?: string;
    /** The evaluated input, if it contains expressions. */
    readonly input?: Json;
    readonly output?: StepOutput;
    readonly error?: Failure;
    /** When the step resumes automatically. */
    readonly wakeAt?: string;
    /** The run that the step starts. */
    readonly childId?: string;
    /** With PENDING: the step runs again to repair another step. */
    readonly repair?: Repair;
  };
  /** Recorded before the job is sent. With `worker`, only that worker gets it. */
  JOB_DISPATCHED: { readonly jobId: string; readonly topic: string; readonly worker?: string };
  JOB_ENDED: JobEnd;
  /** `worker` is the one that reports first about a job that was sent to a topic: it has the job. */
  STEP_PROGRESS: { readonly percent?: number; readonly memo?: string; readonly worker?: string };
  LOG: { readonly level: LogLevel; readonly text: string };
  /** A complete message to or from an agent. */
  AGENT_MESSAGE: {
    readonly role: 'system' | 'user' | 'assistant';
    readonly text: string;
    /** The tool calls that the agent requests, in this order. */
    readonly calls?: readonly ToolCallRequest[];
    /** Of an answer, as the endpoint reports it. */
    readonly usage?: TokenCounts;
  };
  /** A fragment of a message from an agent; the complete message follows as AGENT_MESSAGE. */
  AGENT_DELTA: { readonly text: string };
  TOOL_CALLED: { readonly call: { readonly id: string; readonly tool: string; readonly arguments: JsonObject } };
  /** Has either `result` or `error`. */
  TOOL_RETURNED: {
    readonly call: {
      readonly id: string;
      readonly tool: string;
      readonly result?: Json;
      /** The result was too large for the journal; `result` refers to the artifact that contains it. */
      readonly kept?: true;
      readonly error?: Failure;
      readonly durationMs: number;
    };
  };
  /** A message for people. */
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
    /** Digest of the tool call and its arguments, if a tool call rather than the step needs approval. */
    readonly call?: string;
    /** That call. */
    readonly request?: EventPayloads['TOOL_CALLED']['call'];
    readonly roles?: readonly string[];
    readonly expiresAt?: string;
  };
  /** Without `by`, nobody decided: the approval expired, or its run ended. */
  APPROVAL_DECIDED: {
    readonly id: string;
    readonly state: Exclude<ApprovalState, 'OPEN'>;
    readonly by?: User;
    readonly comment?: string;
  };
  /** `id` is chosen by the sender: the same id is the same signal. */
  SIGNAL_RECEIVED: { readonly id: string; readonly name: string; readonly payload?: Json };
}

/** Every type of event, in the order that lists use. A new type is added here and to `EventPayloads`. */
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
  JOB_DISPATCHED: {
    graphqlType: 'JobDispatched',
    description: 'The job of a step is about to be sent to a worker.',
  },
  JOB_ENDED: { graphqlType: 'JobEnded', description: 'A worker reported the end of the job of a step.' },
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

/** An event before it is appended to the journal. */
export type NewEvent = {
  [T in EventType]: {
    readonly type: T;
    readonly at: Date;
    /** Key of the step that the event concerns. */
    readonly step?: string;
    readonly payload: EventPayloads[T];
  };
}[EventType];

/** An event in the journal. */
export type Event = NewEvent & {
  /** Position in the journal: strictly increasing in commit order. */
  readonly position: number;
  readonly runId: string;
  /** Sequence number in the run: 1, 2, 3, … */
  readonly seq: number;
  /** Owner of the run. */
  readonly tenant: string;
  readonly subject: string;
  readonly prevHash: string;
  /** Lower-case hex of sha256(0x00 ‖ runId ‖ seq ‖ prevHash ‖ JCS(event)); see audit/event-hash.ts. */
  readonly hash: string;
};

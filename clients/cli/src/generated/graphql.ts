/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** State of an approval. Once it is no longer OPEN, it does not change. */
export type ApprovalState =
  /** A person approved, and the step continued. */
  | 'APPROVED'
  /** Nobody decided before it expired or its run ended. */
  | 'EXPIRED'
  /** The step is waiting for a decision. */
  | 'OPEN'
  /** A person rejected, and the step ended. */
  | 'REJECTED';

/** Conditions on artifacts. All that are set must match. */
export type ArtifactFilter = {
  /** A media type without parameters, such as `image/png`, or all of a family: `image/*`. */
  readonly mediaType?: string | null | undefined;
  /** Artifacts of this run. */
  readonly run?: string | null | undefined;
  /** Stored then or later. */
  readonly since?: string | null | undefined;
  /** A part of the name, in upper or lower case: 1 to 256 characters. */
  readonly text?: string | null | undefined;
};

/** An account to create in your tenant. */
export type CreateAccountInput = {
  /** Its password: 12 characters to 1024 bytes. */
  readonly password: string;
  /** Its roles: at least one, all declared by the policy. */
  readonly roles: ReadonlyArray<string>;
  /** Name with which the person signs in: 1 to 256 characters, unique on this server. */
  readonly username: string;
};

/** A token for a program. */
export type CreateApiTokenInput = {
  /** When it expires. At most `API_TOKEN_MAX_DAYS` from now; default: in 90 days. */
  readonly expiresAt?: string | null | undefined;
  /** Where it is used, for you: 1 to 100 characters. */
  readonly name: string;
  /** At least one of your roles. The token never has a role that you do not have any more. */
  readonly roles: ReadonlyArray<string>;
};

/** A worker to drain. */
export type DrainWorkerInput = {
  /** False: it gets jobs again. Default: true. */
  readonly drained?: boolean | null | undefined;
  /** ID of the worker. This server need not have heard of it. */
  readonly id: string;
};

/** Why something was refused or failed. The set is closed. It is used in `Refusal.code`, in `Failure.code` and in `extensions.code` of every top-level error. */
export type ErrorCode =
  /** The policy requires the approval of a person first. */
  | 'APPROVAL_REQUIRED'
  /** The input is invalid. `path` or `violations` say where. */
  | 'BAD_INPUT'
  /** It was stopped on request. */
  | 'CANCELLED'
  /** It conflicts with the current state, such as an idempotency key used for another request. */
  | 'CONFLICT'
  /** The events at this cursor have been deleted. Read again from the beginning. */
  | 'CURSOR_EXPIRED'
  /** The policy denies it. `decision` names the rule; `explainPolicy` shows rules that almost matched. */
  | 'FORBIDDEN'
  /** A bug in the server. The message contains a reference to the details in the log. */
  | 'INTERNAL'
  /** It does not exist, or you may not see it. */
  | 'NOT_FOUND'
  /** The content exceeds a limit, which the message names. */
  | 'RESOURCE_TOO_LARGE'
  /** The resource could not be read: its server, network or file did not respond. */
  | 'RESOURCE_UNREACHABLE'
  /** The data does not match the JSON Schema at `schemaUri`. `violations` lists where. */
  | 'SCHEMA_VIOLATION'
  /** A rate limit or a quota is exceeded. Try again after `retryAfterMs`, or do what the message says. */
  | 'THROTTLED'
  /** It exceeded its time limit and was stopped. */
  | 'TIMEOUT'
  /** The operation is too costly. Select less, or use several requests. */
  | 'TOO_COSTLY'
  /** The token is missing, wrong or expired. Sign in and send the new token. */
  | 'UNAUTHENTICATED'
  /** The server cannot do it now. Try again after `retryAfterMs`. */
  | 'UNAVAILABLE'
  /** The scheme of the URI is not supported. `catalog.protocols` lists those that are. */
  | 'UNSUPPORTED_SCHEME';

/** Conditions for events. All of those that are set must match. */
export type EventFilter = {
  /** Log lines of at least this level; other events are not affected. */
  readonly level?: LogLevel | null | undefined;
  /** Events of this run. */
  readonly runId?: string | null | undefined;
  /** Events of steps with one of these keys. */
  readonly steps?: ReadonlyArray<string> | null | undefined;
  /** Events of one of these types. */
  readonly types?: ReadonlyArray<EventType> | null | undefined;
  /** Events of runs of the workflow with this name. */
  readonly workflow?: string | null | undefined;
};

/** What an event reports. Each type has its own object type, which implements `Event`. */
export type EventType =
  /** `AgentDelta`: A fragment of a message that an agent is producing. At most 20 a second for each step. */
  | 'AGENT_DELTA'
  /** `AgentMessage`: A complete message to or from an agent. */
  | 'AGENT_MESSAGE'
  /** `ApprovalDecided`: An approval was granted or rejected, or it expired. */
  | 'APPROVAL_DECIDED'
  /** `ApprovalRequested`: A step is waiting for a person to approve it. */
  | 'APPROVAL_REQUESTED'
  /** `ArtifactCreated`: An artifact was stored. */
  | 'ARTIFACT_CREATED'
  /** `JobDispatched`: The job of a step is about to be sent to a worker. */
  | 'JOB_DISPATCHED'
  /** `JobEnded`: A worker reported the end of the job of a step. */
  | 'JOB_ENDED'
  /** `LogLine`: A step wrote to its log. */
  | 'LOG'
  /** `Notification`: A message for people. */
  | 'NOTIFICATION'
  /** `PolicyDecided`: The policy made a decision about a step. */
  | 'POLICY_DECIDED'
  /** `RunCreated`: A run was accepted. Always the first event of its run. */
  | 'RUN_CREATED'
  /** `RunStateChanged`: A run changed state. When `to` is a final state, this is the last event of the run, unless `retryStep` continues it. */
  | 'RUN_STATE_CHANGED'
  /** `SignalReceived`: A signal was sent to the run. It is kept until a step consumes it. */
  | 'SIGNAL_RECEIVED'
  /** `StepsAdded`: Steps were added while the run was active: the items of a `for_each`, or compensations. */
  | 'STEPS_ADDED'
  /** `StepProgress`: A step reported its progress. */
  | 'STEP_PROGRESS'
  /** `StepStateChanged`: A step changed state. */
  | 'STEP_STATE_CHANGED'
  /** `ToolCalled`: A step called a tool. The result follows as `ToolReturned`. */
  | 'TOOL_CALLED'
  /** `ToolReturned`: A tool call returned a result, or failed. */
  | 'TOOL_RETURNED';

/** A hypothetical request. */
export type ExplainPolicyInput = {
  /** Action of the request: `command:NAME`, `query:NAME`, `tool:NAME`, `workflow:NAME`, `step:KIND`, `job:TOPIC`, `mutation:NAME`, `agent:BACKEND`, `secret:NAME`, `memory:read`, `memory:append`, `override:owner`, `worker:drain`, `worker:revoke`, `account:read`, `account:write`, `account:tokens` or `exec`. */
  readonly action: string;
  /** Role of the request. Default: your roles. Another role requires permission for `query:explainPolicy`. */
  readonly role?: string | null | undefined;
  /** URI of the JSON Schema of the request. */
  readonly schemaUri?: string | null | undefined;
  /** URI of the request: a resource, a program (`exec:///PATH`), `memory:NAME`, `workflow:NAME`, `worker:ID`, `run:own` or `run:tenant`. */
  readonly uri?: string | null | undefined;
  /** Name of the saved workflow that would make the request: its author is asked for too. Requires permission for `query:workflows`. */
  readonly workflow?: string | null | undefined;
};

/** Severity, from DEBUG up to ERROR. */
export type LogLevel =
  /** Details for finding a cause. */
  | 'DEBUG'
  /** Something failed. */
  | 'ERROR'
  /** Normal progress. */
  | 'INFO'
  /** Something unexpected, after which the work continued. */
  | 'WARN';

/** Effect of a rule on a request that it matches. A request that no rule matches is denied; DENY overrides all other effects. */
export type PolicyEffect =
  /** The request is allowed. */
  | 'ALLOW'
  /** The request is allowed after a person has approved it. */
  | 'APPROVE'
  /** The request is denied, whatever other rules say. */
  | 'DENY'
  /** The request is allowed, at the rate in the obligation. */
  | 'THROTTLE';

/** Which runs go first when slots are scarce. */
export type Priority =
  /** When no other run is waiting. */
  | 'BATCH'
  /** Before all others. */
  | 'CRITICAL'
  /** Somebody is waiting for it. */
  | 'INTERACTIVE';

/** Conditions for runs. All of those that are set must match. */
export type RunFilter = {
  /** Runs accepted after this time. */
  readonly createdAfter?: string | null | undefined;
  /** Runs accepted before this time. */
  readonly createdBefore?: string | null | undefined;
  /** Runs whose error has one of these codes. */
  readonly errorCode?: ReadonlyArray<ErrorCode> | null | undefined;
  /** Runs of one of these kinds. */
  readonly kind?: ReadonlyArray<RunKind> | null | undefined;
  /** Runs with all of these labels: `{"team": "sales"}`. */
  readonly label?: unknown;
  /** Runs that took longer than so many milliseconds from their start to their end, or have been running for longer. */
  readonly longerThanMs?: number | null | undefined;
  /** Runs started by this subject or user name. */
  readonly principal?: string | null | undefined;
  /** Runs that have each of these words in their goal, the name of their workflow, their labels, their error or their inputs. Words are separated by spaces, match within other words, and A to Z match a to z. Labels, error and inputs are searched as JSON, names and values; of error and inputs the first 2048 characters. Maximum 256 characters and 8 words. */
  readonly q?: string | null | undefined;
  /** Runs that repeat the run with this ID: `run_…`. */
  readonly rerunOf?: string | null | undefined;
  /** True: only runs that no step of another run started. Default: false, all. */
  readonly roots?: boolean | null | undefined;
  /** Runs that the schedule of this workflow started, by the label `schedule` that it gives them. */
  readonly schedule?: string | null | undefined;
  /** Runs in one of these states. */
  readonly state?: ReadonlyArray<RunState> | null | undefined;
  /** Runs with this text in their ID, their goal, or the name of their workflow or of one of their commands. */
  readonly text?: string | null | undefined;
  /** Runs of the workflow with this name. */
  readonly workflow?: string | null | undefined;
};

/** What a run executes. */
export type RunKind =
  /** One agent. */
  | 'AGENT'
  /** One command. */
  | 'COMMAND'
  /** One job for a worker. */
  | 'JOB'
  /** Several commands in sequence; each can use the output of the previous one. */
  | 'PIPELINE'
  /** The steps of a workflow; each starts as soon as its dependencies have ended. */
  | 'WORKFLOW';

/** State of a run. SUCCEEDED, FAILED, TIMEOUT, DENIED and CANCELLED are final: the run no longer changes, unless `retryStep` continues one that failed. */
export type RunState =
  /** It was stopped on request. */
  | 'CANCELLED'
  /** The policy denied a step. */
  | 'DENIED'
  /** A step failed; `error` says which and why. */
  | 'FAILED'
  /** Accepted; no step has started. */
  | 'PENDING'
  /** At least one step has started. */
  | 'RUNNING'
  /** Every step succeeded or was skipped. */
  | 'SUCCEEDED'
  /** A step exceeded its time limit. */
  | 'TIMEOUT'
  /** No step can continue until something happens outside: a time, a person, a signal or a rate limit. */
  | 'WAITING';

/** A schedule to change. */
export type ScheduleInput = {
  /** Name of its workflow. */
  readonly name: string;
};

/** A new password. */
export type SetPasswordInput = {
  /** The current password. Required for your own account. */
  readonly currentPassword?: string | null | undefined;
  /** The new password: 12 characters to 1024 bytes. */
  readonly password: string;
  /** Name of the account. Default: yours. */
  readonly username?: string | null | undefined;
};

/** A job for a worker. Objects have the field names of CAP, in snake_case. */
export type SubmitJobInput = {
  /** Adapter that the worker uses. */
  readonly adapterId?: string | null | undefined;
  /** Object of max_input_tokens, max_output_tokens, max_total_tokens and deadline_ms. */
  readonly budget?: unknown;
  /** Job that undoes this one when another job of the same `parentId` and the same user fails: an object with its topic, context and so on. What it does not state, it takes from the job. Default: no compensation. */
  readonly compensation?: unknown;
  /** What the worker works on: any JSON of at most 2 MiB. Not together with contextPtr. */
  readonly context?: unknown;
  /** Object of max_input_tokens, allow_summarization, allow_retrieval and tags. */
  readonly contextHints?: unknown;
  /** Pointer to what the worker works on: a URI that the worker can read. */
  readonly contextPtr?: string | null | undefined;
  /** Object of variables for the worker. */
  readonly env?: unknown;
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** ID of the job. The same ID again is the same job. Default: a new ID for each attempt. */
  readonly jobId?: string | null | undefined;
  /** Object of labels of the job. `preferred_pool`, `preferred_worker_id` and `placement.*` choose its worker. */
  readonly labels?: unknown;
  /** Maximum number of attempts. Maximum 100. */
  readonly maxAttempts?: number | null | undefined;
  /** Memory that the worker uses. */
  readonly memoryId?: string | null | undefined;
  /** Object of actor_id, actor_type, idempotency_key, capability, risk_tags, requires, pack_id and labels. */
  readonly meta?: unknown;
  /** ID of the run on whose behalf the job is: it is cancelled with that run. */
  readonly parentId?: string | null | undefined;
  /** Which jobs go first. Default INTERACTIVE. */
  readonly priority?: Priority | null | undefined;
  /** Topic of the job, such as `job.builds.app`. */
  readonly topic: string;
  /** Milliseconds to wait for the end of the run before the response. Maximum 60000; default 0. The run continues in any case. */
  readonly waitMs?: number | null | undefined;
};

/** A change of an account of your tenant. What is left out stays as it is. */
export type UpdateAccountInput = {
  /** Disable or enable it. Either signs it out everywhere; its API tokens end for good. */
  readonly disabled?: boolean | null | undefined;
  /** All its roles from now on: at least one, all declared by the policy. */
  readonly roles?: ReadonlyArray<string> | null | undefined;
  /** Name of the account. */
  readonly username: string;
};

export type RefusalPartsFragment = { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null };

export type RunRowFragment = { readonly __typename: 'Run', readonly id: string, readonly workflow: string | null, readonly state: RunState, readonly goal: string | null };

export type ArtifactRowFragment = { readonly id: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly createdAt: string, readonly digest: string, readonly run: { readonly id: string } | null };

export type ScheduleRowFragment = { readonly __typename: 'Schedule', readonly cron: string, readonly timeZone: string, readonly paused: boolean, readonly nextAt: string | null, readonly workflow: { readonly name: string }, readonly lastRun: { readonly id: string, readonly state: RunState } | null, readonly principal: { readonly username: string } };

export type DecisionRowFragment = { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly effect: PolicyEffect, readonly obligation: string | null } | null };

export type RulePartsFragment = { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly effect: PolicyEffect, readonly obligation: string | null };

export type ArtifactsQueryVariables = Exact<{
  filter?: ArtifactFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ArtifactsQuery = { readonly artifacts: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly createdAt: string, readonly digest: string, readonly run: { readonly id: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ArtifactByIdQueryVariables = Exact<{
  id: string;
}>;


export type ArtifactByIdQuery = { readonly node:
    | { readonly __typename: 'Approval' }
    | { readonly __typename: 'Artifact', readonly id: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly createdAt: string, readonly digest: string, readonly run: { readonly id: string } | null }
    | { readonly __typename: 'DeadLetter' }
    | { readonly __typename: 'Run' }
    | { readonly __typename: 'Step' }
    | { readonly __typename: 'Webhook' }
    | { readonly __typename: 'Workflow' }
   | null };

export type ArtifactByDigestQueryVariables = Exact<{
  digest: string;
}>;


export type ArtifactByDigestQuery = { readonly artifact: { readonly id: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly createdAt: string, readonly digest: string, readonly run: { readonly id: string } | null } | null };

export type SchedulesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SchedulesQuery = { readonly schedules: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Schedule', readonly cron: string, readonly timeZone: string, readonly paused: boolean, readonly nextAt: string | null, readonly workflow: { readonly name: string }, readonly lastRun: { readonly id: string, readonly state: RunState } | null, readonly principal: { readonly username: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ScheduleQueryVariables = Exact<{
  name: string;
}>;


export type ScheduleQuery = { readonly workflow: { readonly schedule: { readonly cron: string } | null } | null };

export type PauseScheduleMutationVariables = Exact<{
  input: ScheduleInput;
}>;


export type PauseScheduleMutation = { readonly pauseSchedule:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Schedule', readonly cron: string, readonly timeZone: string, readonly paused: boolean, readonly nextAt: string | null, readonly workflow: { readonly name: string }, readonly lastRun: { readonly id: string, readonly state: RunState } | null, readonly principal: { readonly username: string } }
   };

export type ResumeScheduleMutationVariables = Exact<{
  input: ScheduleInput;
}>;


export type ResumeScheduleMutation = { readonly resumeSchedule:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Schedule', readonly cron: string, readonly timeZone: string, readonly paused: boolean, readonly nextAt: string | null, readonly workflow: { readonly name: string }, readonly lastRun: { readonly id: string, readonly state: RunState } | null, readonly principal: { readonly username: string } }
   };

export type WorkersQueryVariables = Exact<{
  pool?: string | null | undefined;
  alive?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type WorkersQuery = { readonly workers: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly pool: string, readonly region: string, readonly topics: ReadonlyArray<string>, readonly activeJobs: number, readonly maxParallelJobs: number | null, readonly alive: boolean, readonly drained: boolean, readonly lastHeartbeatAt: string | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type DrainWorkerMutationVariables = Exact<{
  input: DrainWorkerInput;
}>;


export type DrainWorkerMutation = { readonly drainWorker:
    | { readonly __typename: 'DrainedWorker', readonly id: string, readonly drained: boolean }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type SubmitJobMutationVariables = Exact<{
  input: SubmitJobInput;
}>;


export type SubmitJobMutation = { readonly submitJob:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string, readonly workflow: string | null, readonly state: RunState, readonly goal: string | null }
   };

export type DeadLettersQueryVariables = Exact<{
  topic?: string | null | undefined;
  reason?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DeadLettersQuery = { readonly deadLetters: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly at: string, readonly jobId: string, readonly topic: string | null, readonly reason: string, readonly message: string, readonly run: { readonly id: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ReplayDeadLetterMutationVariables = Exact<{
  id: string;
}>;


export type ReplayDeadLetterMutation = { readonly replayDeadLetter:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string, readonly workflow: string | null, readonly state: RunState, readonly goal: string | null }
   };

export type ExplainPolicyQueryVariables = Exact<{
  input: ExplainPolicyInput;
}>;


export type ExplainPolicyQuery = { readonly explainPolicy: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly nearMisses: ReadonlyArray<{ readonly missed: string, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly effect: PolicyEffect, readonly obligation: string | null } }>, readonly forAuthor: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly effect: PolicyEffect, readonly obligation: string | null } | null } | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly effect: PolicyEffect, readonly obligation: string | null } | null } };

export type SimulatePolicyQueryVariables = Exact<{
  rules: string;
  since?: string | null | undefined;
}>;


export type SimulatePolicyQuery = { readonly simulatePolicy: { readonly decisions: number, readonly changed: number, readonly problems: ReadonlyArray<{ readonly line: number | null, readonly message: string }>, readonly changes: ReadonlyArray<{ readonly count: number, readonly lastAt: string, readonly before: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly effect: PolicyEffect, readonly obligation: string | null } | null }, readonly after: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly effect: PolicyEffect, readonly obligation: string | null } | null }, readonly lastRun: { readonly id: string } | null }> } };

export type ApprovalListQueryVariables = Exact<{
  state?: ApprovalState | null | undefined;
  mine?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ApprovalListQuery = { readonly approvals: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly step: { readonly key: string }, readonly run: { readonly id: string, readonly workflow: string | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ListRunsQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListRunsQuery = { readonly runs: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Run', readonly kind: RunKind, readonly labels: unknown, readonly createdAt: string, readonly finishedAt: string | null, readonly id: string, readonly workflow: string | null, readonly state: RunState, readonly goal: string | null, readonly error: { readonly code: ErrorCode } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type OriginalRunQueryVariables = Exact<{
  id: string;
}>;


export type OriginalRunQuery = { readonly run: { readonly kind: RunKind, readonly workflow: string | null, readonly workflowVersion: number | null, readonly text: string | null, readonly inputs: unknown, readonly labels: unknown } | null };

export type NewestVersionQueryVariables = Exact<{
  name: string;
}>;


export type NewestVersionQuery = { readonly workflow: { readonly version: number } | null };

export type WorkflowDescriptionPartsFragment = { readonly name: string, readonly version: number, readonly inputs: unknown, readonly document: unknown };

export type DescribeWorkflowQueryVariables = Exact<{
  name: string;
}>;


export type DescribeWorkflowQuery = { readonly workflow: { readonly name: string, readonly version: number, readonly inputs: unknown, readonly document: unknown } | null };

export type DescribeWorkflowsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DescribeWorkflowsQuery = { readonly workflows: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly version: number, readonly inputs: unknown, readonly document: unknown }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type CommandsQueryVariables = Exact<{ [key: string]: never; }>;


export type CommandsQuery = { readonly catalog: { readonly commands: ReadonlyArray<{ readonly name: string, readonly description: string, readonly options: unknown }> } };

export type ApprovalStateFragment = { readonly id: string, readonly state: ApprovalState };

export type ApprovalRequestsQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type ApprovalRequestsQuery = { readonly run: { readonly events: { readonly cursor: string, readonly caughtUp: boolean, readonly events: ReadonlyArray<
        | { readonly __typename: 'AgentDelta' }
        | { readonly __typename: 'AgentMessage' }
        | { readonly __typename: 'ApprovalDecided', readonly approval: { readonly id: string, readonly state: ApprovalState } }
        | { readonly __typename: 'ApprovalRequested', readonly approval: { readonly id: string, readonly state: ApprovalState } }
        | { readonly __typename: 'ArtifactCreated' }
        | { readonly __typename: 'JobDispatched' }
        | { readonly __typename: 'JobEnded' }
        | { readonly __typename: 'LogLine' }
        | { readonly __typename: 'Notification' }
        | { readonly __typename: 'PolicyDecided' }
        | { readonly __typename: 'RunCreated' }
        | { readonly __typename: 'RunStateChanged' }
        | { readonly __typename: 'SignalReceived' }
        | { readonly __typename: 'StepProgress' }
        | { readonly __typename: 'StepStateChanged' }
        | { readonly __typename: 'StepsAdded' }
        | { readonly __typename: 'ToolCalled' }
        | { readonly __typename: 'ToolReturned' }
      > } } | null };

export type LogBatchFragment = { readonly cursor: string, readonly events: ReadonlyArray<
    | { readonly __typename: 'AgentDelta' }
    | { readonly __typename: 'AgentMessage' }
    | { readonly __typename: 'ApprovalDecided' }
    | { readonly __typename: 'ApprovalRequested' }
    | { readonly __typename: 'ArtifactCreated' }
    | { readonly __typename: 'JobDispatched' }
    | { readonly __typename: 'JobEnded' }
    | { readonly __typename: 'LogLine', readonly cursor: string, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
    | { readonly __typename: 'Notification' }
    | { readonly __typename: 'PolicyDecided' }
    | { readonly __typename: 'RunCreated' }
    | { readonly __typename: 'RunStateChanged' }
    | { readonly __typename: 'SignalReceived' }
    | { readonly __typename: 'StepProgress' }
    | { readonly __typename: 'StepStateChanged' }
    | { readonly __typename: 'StepsAdded' }
    | { readonly __typename: 'ToolCalled' }
    | { readonly __typename: 'ToolReturned' }
  > };

export type LogPageQueryVariables = Exact<{
  id: string;
  filter: EventFilter;
  after?: string | null | undefined;
}>;


export type LogPageQuery = { readonly run: { readonly events: { readonly caughtUp: boolean, readonly cursor: string, readonly events: ReadonlyArray<
        | { readonly __typename: 'AgentDelta' }
        | { readonly __typename: 'AgentMessage' }
        | { readonly __typename: 'ApprovalDecided' }
        | { readonly __typename: 'ApprovalRequested' }
        | { readonly __typename: 'ArtifactCreated' }
        | { readonly __typename: 'JobDispatched' }
        | { readonly __typename: 'JobEnded' }
        | { readonly __typename: 'LogLine', readonly cursor: string, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
        | { readonly __typename: 'Notification' }
        | { readonly __typename: 'PolicyDecided' }
        | { readonly __typename: 'RunCreated' }
        | { readonly __typename: 'RunStateChanged' }
        | { readonly __typename: 'SignalReceived' }
        | { readonly __typename: 'StepProgress' }
        | { readonly __typename: 'StepStateChanged' }
        | { readonly __typename: 'StepsAdded' }
        | { readonly __typename: 'ToolCalled' }
        | { readonly __typename: 'ToolReturned' }
      > } } | null };

export type LogEndQueryVariables = Exact<{
  id: string;
  filter: EventFilter;
  last: number;
  before?: string | null | undefined;
}>;


export type LogEndQuery = { readonly run: { readonly events: { readonly startCursor: string | null, readonly cursor: string, readonly events: ReadonlyArray<
        | { readonly __typename: 'AgentDelta' }
        | { readonly __typename: 'AgentMessage' }
        | { readonly __typename: 'ApprovalDecided' }
        | { readonly __typename: 'ApprovalRequested' }
        | { readonly __typename: 'ArtifactCreated' }
        | { readonly __typename: 'JobDispatched' }
        | { readonly __typename: 'JobEnded' }
        | { readonly __typename: 'LogLine', readonly cursor: string, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
        | { readonly __typename: 'Notification' }
        | { readonly __typename: 'PolicyDecided' }
        | { readonly __typename: 'RunCreated' }
        | { readonly __typename: 'RunStateChanged' }
        | { readonly __typename: 'SignalReceived' }
        | { readonly __typename: 'StepProgress' }
        | { readonly __typename: 'StepStateChanged' }
        | { readonly __typename: 'StepsAdded' }
        | { readonly __typename: 'ToolCalled' }
        | { readonly __typename: 'ToolReturned' }
      > } } | null };

export type LogTailSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type LogTailSubscription = { readonly runEvents: { readonly cursor: string, readonly events: ReadonlyArray<
      | { readonly __typename: 'AgentDelta' }
      | { readonly __typename: 'AgentMessage' }
      | { readonly __typename: 'ApprovalDecided' }
      | { readonly __typename: 'ApprovalRequested' }
      | { readonly __typename: 'ArtifactCreated' }
      | { readonly __typename: 'JobDispatched' }
      | { readonly __typename: 'JobEnded' }
      | { readonly __typename: 'LogLine', readonly cursor: string, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
      | { readonly __typename: 'Notification' }
      | { readonly __typename: 'PolicyDecided' }
      | { readonly __typename: 'RunCreated' }
      | { readonly __typename: 'RunStateChanged' }
      | { readonly __typename: 'SignalReceived' }
      | { readonly __typename: 'StepProgress' }
      | { readonly __typename: 'StepStateChanged' }
      | { readonly __typename: 'StepsAdded' }
      | { readonly __typename: 'ToolCalled' }
      | { readonly __typename: 'ToolReturned' }
    > } };

export type StepOfRunQueryVariables = Exact<{
  id: string;
  step: string;
}>;


export type StepOfRunQuery = { readonly run: { readonly step: { readonly key: string } | null } | null };

export type RunNamesQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  first?: number | null | undefined;
}>;


export type RunNamesQuery = { readonly runs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly workflow: string | null, readonly kind: RunKind, readonly state: RunState }> } };

export type WorkflowNamesQueryVariables = Exact<{
  first?: number | null | undefined;
}>;


export type WorkflowNamesQuery = { readonly workflows: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly version: number }> } };

export type AccountRowFragment = { readonly __typename: 'Account', readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean, readonly subject: string };

export type ApiTokenRowFragment = { readonly __typename: 'ApiToken', readonly id: string, readonly name: string, readonly roles: ReadonlyArray<string>, readonly createdAt: string, readonly expiresAt: string, readonly lastUsedAt: string | null, readonly owner: { readonly username: string } };

export type AccountsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AccountsQuery = { readonly accounts: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Account', readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean, readonly subject: string }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type CreateAccountMutationVariables = Exact<{
  input: CreateAccountInput;
}>;


export type CreateAccountMutation = { readonly createAccount:
    | { readonly __typename: 'Account', readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean, readonly subject: string }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type UpdateAccountMutationVariables = Exact<{
  input: UpdateAccountInput;
}>;


export type UpdateAccountMutation = { readonly updateAccount:
    | { readonly __typename: 'Account', readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean, readonly subject: string }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type SetPasswordMutationVariables = Exact<{
  input: SetPasswordInput;
}>;


export type SetPasswordMutation = { readonly setPassword:
    | { readonly __typename: 'Account', readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean, readonly subject: string }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type ApiTokensQueryVariables = Exact<{
  ofTenant?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ApiTokensQuery = { readonly apiTokens: { readonly nodes: ReadonlyArray<{ readonly __typename: 'ApiToken', readonly id: string, readonly name: string, readonly roles: ReadonlyArray<string>, readonly createdAt: string, readonly expiresAt: string, readonly lastUsedAt: string | null, readonly owner: { readonly username: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type CreateApiTokenMutationVariables = Exact<{
  input: CreateApiTokenInput;
}>;


export type CreateApiTokenMutation = { readonly createApiToken:
    | { readonly __typename: 'NewApiToken', readonly token: string, readonly apiToken: { readonly __typename: 'ApiToken', readonly id: string, readonly name: string, readonly roles: ReadonlyArray<string>, readonly createdAt: string, readonly expiresAt: string, readonly lastUsedAt: string | null, readonly owner: { readonly username: string } } }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type RevokeApiTokenMutationVariables = Exact<{
  id: string;
}>;


export type RevokeApiTokenMutation = { readonly revokeApiToken:
    | { readonly __typename: 'ApiToken', readonly id: string, readonly name: string, readonly roles: ReadonlyArray<string>, readonly createdAt: string, readonly expiresAt: string, readonly lastUsedAt: string | null, readonly owner: { readonly username: string } }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type RunExportQueryVariables = Exact<{
  id: string;
}>;


export type RunExportQuery = { readonly run: { readonly finishedAt: string | null, readonly export: unknown } | null };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { readonly signOut:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'SignedOut' }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RefusalPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}`, {"fragmentName":"RefusalParts"}) as unknown as TypedDocumentString<RefusalPartsFragment, unknown>;
export const RunRowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment RunRow on Run{__typename id workflow state goal}`, {"fragmentName":"RunRow"}) as unknown as TypedDocumentString<RunRowFragment, unknown>;
export const ArtifactRowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ArtifactRow on Artifact{id name mediaType size createdAt digest run{id}}`, {"fragmentName":"ArtifactRow"}) as unknown as TypedDocumentString<ArtifactRowFragment, unknown>;
export const ScheduleRowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ScheduleRow on Schedule{__typename workflow{name}cron timeZone paused nextAt lastRun{id state}principal{username}}`, {"fragmentName":"ScheduleRow"}) as unknown as TypedDocumentString<ScheduleRowFragment, unknown>;
export const RulePartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment RuleParts on PolicyRule{id role action uri effect obligation}`, {"fragmentName":"RuleParts"}) as unknown as TypedDocumentString<RulePartsFragment, unknown>;
export const DecisionRowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment DecisionRow on PolicyDecision{effect reason action canonicalUri roles author rule{...RuleParts}}fragment RuleParts on PolicyRule{id role action uri effect obligation}`, {"fragmentName":"DecisionRow"}) as unknown as TypedDocumentString<DecisionRowFragment, unknown>;
export const WorkflowDescriptionPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkflowDescriptionParts on Workflow{name version inputs document}`, {"fragmentName":"WorkflowDescriptionParts"}) as unknown as TypedDocumentString<WorkflowDescriptionPartsFragment, unknown>;
export const ApprovalStateFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ApprovalState on Approval{id state}`, {"fragmentName":"ApprovalState"}) as unknown as TypedDocumentString<ApprovalStateFragment, unknown>;
export const LogBatchFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment LogBatch on EventBatch{cursor events{__typename...on LogLine{cursor at step level text}}}`, {"fragmentName":"LogBatch"}) as unknown as TypedDocumentString<LogBatchFragment, unknown>;
export const AccountRowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment AccountRow on Account{__typename username tenant roles disabled subject}`, {"fragmentName":"AccountRow"}) as unknown as TypedDocumentString<AccountRowFragment, unknown>;
export const ApiTokenRowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ApiTokenRow on ApiToken{__typename id name owner{username}roles createdAt expiresAt lastUsedAt}`, {"fragmentName":"ApiTokenRow"}) as unknown as TypedDocumentString<ApiTokenRowFragment, unknown>;
export const ArtifactsDocument = /* @__PURE__ */ new TypedDocumentString(`query Artifacts($filter:ArtifactFilter,$first:Int,$after:String){artifacts(filter:$filter,first:$first,after:$after){nodes{...ArtifactRow}pageInfo{hasNextPage endCursor}}}fragment ArtifactRow on Artifact{id name mediaType size createdAt digest run{id}}`) as unknown as TypedDocumentString<ArtifactsQuery, ArtifactsQueryVariables>;
export const ArtifactByIdDocument = /* @__PURE__ */ new TypedDocumentString(`query ArtifactById($id:ID!){node(id:$id){__typename...on Artifact{...ArtifactRow}}}fragment ArtifactRow on Artifact{id name mediaType size createdAt digest run{id}}`) as unknown as TypedDocumentString<ArtifactByIdQuery, ArtifactByIdQueryVariables>;
export const ArtifactByDigestDocument = /* @__PURE__ */ new TypedDocumentString(`query ArtifactByDigest($digest:Sha256!){artifact(digest:$digest){...ArtifactRow}}fragment ArtifactRow on Artifact{id name mediaType size createdAt digest run{id}}`) as unknown as TypedDocumentString<ArtifactByDigestQuery, ArtifactByDigestQueryVariables>;
export const SchedulesDocument = /* @__PURE__ */ new TypedDocumentString(`query Schedules($first:Int,$after:String){schedules(first:$first,after:$after){nodes{...ScheduleRow}pageInfo{hasNextPage endCursor}}}fragment ScheduleRow on Schedule{__typename workflow{name}cron timeZone paused nextAt lastRun{id state}principal{username}}`) as unknown as TypedDocumentString<SchedulesQuery, SchedulesQueryVariables>;
export const ScheduleDocument = /* @__PURE__ */ new TypedDocumentString(`query Schedule($name:String!){workflow(name:$name){schedule{cron}}}`) as unknown as TypedDocumentString<ScheduleQuery, ScheduleQueryVariables>;
export const PauseScheduleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation PauseSchedule($input:ScheduleInput!){pauseSchedule(input:$input){...ScheduleRow...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment ScheduleRow on Schedule{__typename workflow{name}cron timeZone paused nextAt lastRun{id state}principal{username}}`) as unknown as TypedDocumentString<PauseScheduleMutation, PauseScheduleMutationVariables>;
export const ResumeScheduleDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ResumeSchedule($input:ScheduleInput!){resumeSchedule(input:$input){...ScheduleRow...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment ScheduleRow on Schedule{__typename workflow{name}cron timeZone paused nextAt lastRun{id state}principal{username}}`) as unknown as TypedDocumentString<ResumeScheduleMutation, ResumeScheduleMutationVariables>;
export const WorkersDocument = /* @__PURE__ */ new TypedDocumentString(`query Workers($pool:String,$alive:Boolean,$first:Int,$after:String){workers(pool:$pool,alive:$alive,first:$first,after:$after){nodes{id pool region topics activeJobs maxParallelJobs alive drained lastHeartbeatAt}pageInfo{hasNextPage endCursor}}}`) as unknown as TypedDocumentString<WorkersQuery, WorkersQueryVariables>;
export const DrainWorkerDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DrainWorker($input:DrainWorkerInput!){drainWorker(input:$input){...on DrainedWorker{__typename id drained}...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}`) as unknown as TypedDocumentString<DrainWorkerMutation, DrainWorkerMutationVariables>;
export const SubmitJobDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SubmitJob($input:SubmitJobInput!){submitJob(input:$input){...RunRow...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunRow on Run{__typename id workflow state goal}`) as unknown as TypedDocumentString<SubmitJobMutation, SubmitJobMutationVariables>;
export const DeadLettersDocument = /* @__PURE__ */ new TypedDocumentString(`query DeadLetters($topic:String,$reason:String,$first:Int,$after:String){deadLetters(topic:$topic,reason:$reason,first:$first,after:$after){nodes{id at jobId topic reason message run{id}}pageInfo{hasNextPage endCursor}}}`) as unknown as TypedDocumentString<DeadLettersQuery, DeadLettersQueryVariables>;
export const ReplayDeadLetterDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ReplayDeadLetter($id:ID!){replayDeadLetter(id:$id){...RunRow...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunRow on Run{__typename id workflow state goal}`) as unknown as TypedDocumentString<ReplayDeadLetterMutation, ReplayDeadLetterMutationVariables>;
export const ExplainPolicyDocument = /* @__PURE__ */ new TypedDocumentString(`query ExplainPolicy($input:ExplainPolicyInput!){explainPolicy(input:$input){...DecisionRow nearMisses{missed rule{...RuleParts}}forAuthor{...DecisionRow}}}fragment DecisionRow on PolicyDecision{effect reason action canonicalUri roles author rule{...RuleParts}}fragment RuleParts on PolicyRule{id role action uri effect obligation}`) as unknown as TypedDocumentString<ExplainPolicyQuery, ExplainPolicyQueryVariables>;
export const SimulatePolicyDocument = /* @__PURE__ */ new TypedDocumentString(`query SimulatePolicy($rules:String!,$since:DateTime){simulatePolicy(rules:$rules,since:$since){problems{line message}decisions changed changes{before{...DecisionRow}after{...DecisionRow}count lastAt lastRun{id}}}}fragment DecisionRow on PolicyDecision{effect reason action canonicalUri roles author rule{...RuleParts}}fragment RuleParts on PolicyRule{id role action uri effect obligation}`) as unknown as TypedDocumentString<SimulatePolicyQuery, SimulatePolicyQueryVariables>;
export const ApprovalListDocument = /* @__PURE__ */ new TypedDocumentString(`query ApprovalList($state:ApprovalState,$mine:Boolean,$first:Int,$after:String){approvals(state:$state,mine:$mine,first:$first,after:$after){nodes{id state reason step{key}run{id workflow}roles requestedAt expiresAt}pageInfo{hasNextPage endCursor}}}`) as unknown as TypedDocumentString<ApprovalListQuery, ApprovalListQueryVariables>;
export const ListRunsDocument = /* @__PURE__ */ new TypedDocumentString(`query ListRuns($filter:RunFilter,$first:Int,$after:String){runs(filter:$filter,first:$first,after:$after){nodes{...RunRow kind labels createdAt finishedAt error{code}}pageInfo{hasNextPage endCursor}}}fragment RunRow on Run{__typename id workflow state goal}`) as unknown as TypedDocumentString<ListRunsQuery, ListRunsQueryVariables>;
export const OriginalRunDocument = /* @__PURE__ */ new TypedDocumentString(`query OriginalRun($id:ID!){run(id:$id){kind workflow workflowVersion text inputs labels}}`) as unknown as TypedDocumentString<OriginalRunQuery, OriginalRunQueryVariables>;
export const NewestVersionDocument = /* @__PURE__ */ new TypedDocumentString(`query NewestVersion($name:String!){workflow(name:$name){version}}`) as unknown as TypedDocumentString<NewestVersionQuery, NewestVersionQueryVariables>;
export const DescribeWorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`query DescribeWorkflow($name:String!){workflow(name:$name){...WorkflowDescriptionParts}}fragment WorkflowDescriptionParts on Workflow{name version inputs document}`) as unknown as TypedDocumentString<DescribeWorkflowQuery, DescribeWorkflowQueryVariables>;
export const DescribeWorkflowsDocument = /* @__PURE__ */ new TypedDocumentString(`query DescribeWorkflows($first:Int,$after:String){workflows(first:$first,after:$after){nodes{...WorkflowDescriptionParts}pageInfo{hasNextPage endCursor}}}fragment WorkflowDescriptionParts on Workflow{name version inputs document}`) as unknown as TypedDocumentString<DescribeWorkflowsQuery, DescribeWorkflowsQueryVariables>;
export const CommandsDocument = /* @__PURE__ */ new TypedDocumentString(`query Commands{catalog{commands{name description options}}}`) as unknown as TypedDocumentString<CommandsQuery, CommandsQueryVariables>;
export const ApprovalRequestsDocument = /* @__PURE__ */ new TypedDocumentString(`query ApprovalRequests($id:ID!,$after:Cursor){run(id:$id){events(filter:{types:[APPROVAL_REQUESTED,APPROVAL_DECIDED]},after:$after){cursor caughtUp events{__typename...on ApprovalRequested{approval{...ApprovalState}}...on ApprovalDecided{approval{...ApprovalState}}}}}}fragment ApprovalState on Approval{id state}`) as unknown as TypedDocumentString<ApprovalRequestsQuery, ApprovalRequestsQueryVariables>;
export const LogPageDocument = /* @__PURE__ */ new TypedDocumentString(`query LogPage($id:ID!,$filter:EventFilter!,$after:Cursor){run(id:$id){events(filter:$filter,after:$after,first:500){caughtUp...LogBatch}}}fragment LogBatch on EventBatch{cursor events{__typename...on LogLine{cursor at step level text}}}`) as unknown as TypedDocumentString<LogPageQuery, LogPageQueryVariables>;
export const LogEndDocument = /* @__PURE__ */ new TypedDocumentString(`query LogEnd($id:ID!,$filter:EventFilter!,$last:Int!,$before:Cursor){run(id:$id){events(filter:$filter,last:$last,before:$before){startCursor...LogBatch}}}fragment LogBatch on EventBatch{cursor events{__typename...on LogLine{cursor at step level text}}}`) as unknown as TypedDocumentString<LogEndQuery, LogEndQueryVariables>;
export const LogTailDocument = /* @__PURE__ */ new TypedDocumentString(`subscription LogTail($id:ID!,$after:Cursor){runEvents(runId:$id,after:$after){...LogBatch}}fragment LogBatch on EventBatch{cursor events{__typename...on LogLine{cursor at step level text}}}`) as unknown as TypedDocumentString<LogTailSubscription, LogTailSubscriptionVariables>;
export const StepOfRunDocument = /* @__PURE__ */ new TypedDocumentString(`query StepOfRun($id:ID!,$step:String!){run(id:$id){step(key:$step){key}}}`) as unknown as TypedDocumentString<StepOfRunQuery, StepOfRunQueryVariables>;
export const RunNamesDocument = /* @__PURE__ */ new TypedDocumentString(`query RunNames($filter:RunFilter,$first:Int){runs(filter:$filter,first:$first){nodes{id workflow kind state}}}`) as unknown as TypedDocumentString<RunNamesQuery, RunNamesQueryVariables>;
export const WorkflowNamesDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowNames($first:Int){workflows(first:$first){nodes{name version}}}`) as unknown as TypedDocumentString<WorkflowNamesQuery, WorkflowNamesQueryVariables>;
export const AccountsDocument = /* @__PURE__ */ new TypedDocumentString(`query Accounts($first:Int,$after:String){accounts(first:$first,after:$after){nodes{...AccountRow}pageInfo{hasNextPage endCursor}}}fragment AccountRow on Account{__typename username tenant roles disabled subject}`) as unknown as TypedDocumentString<AccountsQuery, AccountsQueryVariables>;
export const CreateAccountDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CreateAccount($input:CreateAccountInput!){createAccount(input:$input){...AccountRow...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment AccountRow on Account{__typename username tenant roles disabled subject}`) as unknown as TypedDocumentString<CreateAccountMutation, CreateAccountMutationVariables>;
export const UpdateAccountDocument = /* @__PURE__ */ new TypedDocumentString(`mutation UpdateAccount($input:UpdateAccountInput!){updateAccount(input:$input){...AccountRow...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment AccountRow on Account{__typename username tenant roles disabled subject}`) as unknown as TypedDocumentString<UpdateAccountMutation, UpdateAccountMutationVariables>;
export const SetPasswordDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SetPassword($input:SetPasswordInput!){setPassword(input:$input){...AccountRow...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment AccountRow on Account{__typename username tenant roles disabled subject}`) as unknown as TypedDocumentString<SetPasswordMutation, SetPasswordMutationVariables>;
export const ApiTokensDocument = /* @__PURE__ */ new TypedDocumentString(`query ApiTokens($ofTenant:Boolean,$first:Int,$after:String){apiTokens(ofTenant:$ofTenant,first:$first,after:$after){nodes{...ApiTokenRow}pageInfo{hasNextPage endCursor}}}fragment ApiTokenRow on ApiToken{__typename id name owner{username}roles createdAt expiresAt lastUsedAt}`) as unknown as TypedDocumentString<ApiTokensQuery, ApiTokensQueryVariables>;
export const CreateApiTokenDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CreateApiToken($input:CreateApiTokenInput!){createApiToken(input:$input){...on NewApiToken{__typename token apiToken{...ApiTokenRow}}...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment ApiTokenRow on ApiToken{__typename id name owner{username}roles createdAt expiresAt lastUsedAt}`) as unknown as TypedDocumentString<CreateApiTokenMutation, CreateApiTokenMutationVariables>;
export const RevokeApiTokenDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RevokeApiToken($id:ID!){revokeApiToken(id:$id){...ApiTokenRow...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment ApiTokenRow on ApiToken{__typename id name owner{username}roles createdAt expiresAt lastUsedAt}`) as unknown as TypedDocumentString<RevokeApiTokenMutation, RevokeApiTokenMutationVariables>;
export const RunExportDocument = /* @__PURE__ */ new TypedDocumentString(`query RunExport($id:ID!){run(id:$id){finishedAt export}}`) as unknown as TypedDocumentString<RunExportQuery, RunExportQueryVariables>;
export const SignOutDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SignOut{signOut{...on SignedOut{__typename}...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}`) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
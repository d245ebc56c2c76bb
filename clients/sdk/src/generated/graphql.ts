/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** How an agent is reached. Exactly one of these. */
export type AgentBackendInput =
  {   /** A shell script that runs in the sandbox, in the folder of its run. */
  readonly bashCli: BashBackendInput; readonly httpApi?: never; readonly litellm?: never; readonly mcp?: never; readonly websocket?: never; }
  |  { readonly bashCli?: never;   /** An HTTP request with role, goal, context and memory as JSON. */
  readonly httpApi: HttpBackendInput; readonly litellm?: never; readonly mcp?: never; readonly websocket?: never; }
  |  { readonly bashCli?: never; readonly httpApi?: never;   /** A language model that may call tools. */
  readonly litellm: LlmBackendInput; readonly mcp?: never; readonly websocket?: never; }
  |  { readonly bashCli?: never; readonly httpApi?: never; readonly litellm?: never;   /** A tool of an MCP server: exactly one of stdioCommand and serverUrl. */
  readonly mcp: McpBackendInput; readonly websocket?: never; }
  |  { readonly bashCli?: never; readonly httpApi?: never; readonly litellm?: never; readonly mcp?: never;   /** An agent that streams messages over a WebSocket until its reply is final. */
  readonly websocket: WebSocketBackendInput; };

/** An agent: its purpose, and how it is reached. */
export type AgentInput = {
  /** How it is reached. */
  readonly backend: AgentBackendInput;
  /** Its task. */
  readonly goal: string;
  /** Your name for it. */
  readonly id?: string | null | undefined;
  /** `memory:NAME`, or a `file:` URI. It is read before the agent runs, and the answer is appended to it. */
  readonly memoryUri?: string | null | undefined;
  /** Its role, such as “Summarizer”. */
  readonly role: string;
  /** Names of the tools that it may call: those in `catalog.tools`, and those of its MCP servers. */
  readonly tools?: ReadonlyArray<string> | null | undefined;
};

/** Where an approval stands. Once it is not OPEN, it stays as it is. */
export type ApprovalState =
  /** Somebody agreed, and the step went on. */
  | 'APPROVED'
  /** Nobody decided before its time was over or its run ended. */
  | 'EXPIRED'
  /** The step waits for somebody to decide. */
  | 'OPEN'
  /** Somebody did not agree, and the step ended. */
  | 'REJECTED';

/** A shell script that runs in the sandbox, in the folder of its run. */
export type BashBackendInput = {
  /** Shell script; required. {{ role }}, {{ goal }}, {{ memory }}, {{ context }} and {{ context.NAME }} are replaced by references to variables, each one word whatever it contains. The same values are in SIGNALBOX_ROLE, SIGNALBOX_GOAL, SIGNALBOX_MEMORY and SIGNALBOX_CONTEXT, and as one JSON object on standard input. */
  readonly commandTemplate?: string | null | undefined;
  /** Absolute path of the shell, which is called with -c and the script. Default /bin/bash. */
  readonly shell?: string | null | undefined;
  /** Time limit in milliseconds, within the time limit of the step. */
  readonly timeoutMs?: number | null | undefined;
  /** Folder of the workspace in which the script starts; it must exist. Default: the workspace itself. */
  readonly workingDir?: string | null | undefined;
};

/** A run to stop. */
export type CancelRunInput = {
  /** Undo first what its steps did, where they say how. */
  readonly compensate?: boolean | null | undefined;
  /** Why, for whoever looks at it later. */
  readonly reason?: string | null | undefined;
  /** The run. */
  readonly runId: string;
};

/** What `convertToJson` takes its source for. */
export type ConversionMode =
  /** What its media type says, and where that tells nothing, how it begins. */
  | 'AUTO'
  /** Comma-separated values (RFC 4180), or with another delimiter. */
  | 'CSV'
  /** JSON, which stays as it is. */
  | 'JSON'
  /** Text, as a list of its lines. */
  | 'LINES'
  /** XML; attributes are kept, entities are not expanded. */
  | 'XML';

/** The options of `convertToJson`. */
export type ConvertToJsonInput = {
  /** Between the fields of CSV. Found out from the first record when absent. */
  readonly delimiter?: string | null | undefined;
  /** The first record of CSV holds the names. Without it they are column1, column2 and so on. */
  readonly header?: boolean | null | undefined;
  /** Text of your own. The same key again gives the same run instead of another one. */
  readonly idempotencyKey?: string | null | undefined;
  /** What the source is. AUTO goes by its media type, and where that tells nothing by how it begins. */
  readonly mode?: ConversionMode | null | undefined;
  /** URI of a JSON Schema (draft-07, 2019-09 or 2020-12) that the data must fit. */
  readonly schemaUri?: string | null | undefined;
  /** A resource: by its URI, as text, or as bytes. Exactly one of the three. */
  readonly source: ResourceInput;
};

/** What you decide. */
export type DecideApprovalInput = {
  /** The approval. */
  readonly approvalId: string;
  /** True: the step goes on. False: it ends. */
  readonly approve: boolean;
  /** Why, for whoever looks at it later. */
  readonly comment?: string | null | undefined;
};

/** A saved workflow to forget. */
export type DeleteWorkflowInput = {
  /** Its name. */
  readonly name: string;
};

/** Why something was refused or failed. The set is closed: it stands in `Refusal.code`, in `Failure.code` and in `extensions.code` of every top-level error. */
export type ErrorCode =
  /** The policy asks for the consent of a person first. */
  | 'APPROVAL_REQUIRED'
  /** The input does not fit. `path` or `violations` say where. */
  | 'BAD_INPUT'
  /** It was stopped because somebody asked for that. */
  | 'CANCELLED'
  /** It contradicts what is already there, such as an idempotency key used for something else. */
  | 'CONFLICT'
  /** The events at this cursor are no longer kept. Read again from the beginning. */
  | 'CURSOR_EXPIRED'
  /** The policy denies it. `decision` names the rule; `explainPolicy` shows what came close. */
  | 'FORBIDDEN'
  /** A bug of the server. The message holds a reference under which the log has the rest. */
  | 'INTERNAL'
  /** There is no such thing, or it is not yours to see. */
  | 'NOT_FOUND'
  /** The bytes are more than a limit allows; the message names the limit. */
  | 'RESOURCE_TOO_LARGE'
  /** The resource could not be read: its server, network or file did not answer. */
  | 'RESOURCE_UNREACHABLE'
  /** The data does not fit the JSON Schema at `schemaUri`. `violations` lists where. */
  | 'SCHEMA_VIOLATION'
  /** Too often. Try again after `retryAfterMs`. */
  | 'THROTTLED'
  /** It took longer than it may and was stopped. */
  | 'TIMEOUT'
  /** The document asks for too much at once. Ask for less, or in several requests. */
  | 'TOO_COSTLY'
  /** Nobody is signed in, or the token is wrong or has expired. Sign in and send the new token. */
  | 'UNAUTHENTICATED'
  /** The server cannot do it just now. Try again after `retryAfterMs`. */
  | 'UNAVAILABLE'
  /** No protocol reads this kind of URI. `catalog.protocols` lists what is read. */
  | 'UNSUPPORTED_SCHEME';

/** Which events are wanted. What is left out does not narrow; what is given must all hold. */
export type EventFilter = {
  /** Log lines of at least this level; other events are not affected. */
  readonly level?: LogLevel | null | undefined;
  /** Of this run. */
  readonly runId?: string | null | undefined;
  /** About one of the steps with these keys. */
  readonly steps?: ReadonlyArray<string> | null | undefined;
  /** Of one of these types. */
  readonly types?: ReadonlyArray<EventType> | null | undefined;
  /** Of runs of the workflow with this name. */
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

/** A command by its name, for callers that learn the name only while they run. */
export type ExecuteInput = {
  /** Its name, as `catalog.commands` lists it. */
  readonly command: string;
  /** Text of your own. The same key again gives the same run instead of another one. */
  readonly idempotencyKey?: string | null | undefined;
  /** The other options: an object that fits `catalog.commands.options`. */
  readonly options?: unknown;
  /** What the result must be, or the run fails; parameters are not compared. */
  readonly outputMediaType?: string | null | undefined;
  /** The option `schemaUri`, where the command has one. */
  readonly schemaUri?: string | null | undefined;
  /** The option `source`, where the command has one. */
  readonly source?: ResourceInput | null | undefined;
};

/** The options of `fetch`. */
export type FetchInput = {
  /** Text of your own. The same key again gives the same run instead of another one. */
  readonly idempotencyKey?: string | null | undefined;
  /** URI of a JSON Schema (draft-07, 2019-09 or 2020-12) that the data must fit. */
  readonly schemaUri?: string | null | undefined;
  /** A resource: by its URI, as text, or as bytes. Exactly one of the three. */
  readonly source: ResourceInput;
};

/** An HTTP request with role, goal, context and memory as JSON. */
export type HttpBackendInput = {
  /** Headers by name. `secret:NAME` in a value is replaced by that secret of this server. */
  readonly headers?: unknown;
  /** HTTP method. With GET the request has no body. Default POST. */
  readonly method?: string | null | undefined;
  /** Time limit for the whole request, in milliseconds. Default 120000. */
  readonly timeoutMs?: number | null | undefined;
  /** http or https URL of the agent. Redirects are not followed. */
  readonly url: string;
};

/** Bytes that are sent along. */
export type InlineBytes = {
  /** The bytes themselves. */
  readonly base64: string;
  /** What the bytes are. */
  readonly mediaType?: string | null | undefined;
};

/** Text that is sent along. */
export type InlineText = {
  /** What the text is. */
  readonly mediaType?: string | null | undefined;
  /** The text itself. */
  readonly text: string;
};

/** A language model that may call tools. */
export type LlmBackendInput = {
  /** Base URL (http or https) of an endpoint that speaks OpenAI chat completions, such as http://litellm:4000/v1. Default LLM_API_BASE; LLM_API_KEY is sent only there. */
  readonly apiBase?: string | null | undefined;
  /** API key, as the name of a secret of this server: `secret:NAME`. A literal key is rejected. */
  readonly apiKey?: string | null | undefined;
  /** Maximum tokens of one answer. Default 1024. */
  readonly maxTokens?: number | null | undefined;
  /** Maximum number of answers. Each may call tools, except the last. Default 10. */
  readonly maxTurns?: number | null | undefined;
  /** MCP servers whose tools the model may call. Maximum 8. */
  readonly mcpServers?: ReadonlyArray<McpBackendInput> | null | undefined;
  /** Name of the model at the endpoint. Default LLM_MODEL; required with apiBase. */
  readonly model?: string | null | undefined;
  /** Sampling temperature, 0 to 2. Default: that of the model. */
  readonly temperature?: number | null | undefined;
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

/** A tool of an MCP server: exactly one of stdioCommand and serverUrl. */
export type McpBackendInput = {
  /** Arguments of the tool, by name. Missing arguments are taken from the context. */
  readonly arguments?: unknown;
  /** Environment variables of the program, by name. `secret:NAME` in a value is replaced by that secret of this server. */
  readonly env?: unknown;
  /** Headers of every request, by name, such as {"Authorization": "Bearer secret:NAME"}. `secret:NAME` in a value is replaced by that secret of this server. */
  readonly headers?: unknown;
  /** http or https URL of a server that speaks streamable HTTP, or the older HTTP with SSE. */
  readonly serverUrl?: string | null | undefined;
  /** Program and arguments of a server that speaks MCP over stdio. It runs in the sandbox; the policy must allow exec on the program. `node` is the Node.js of this server. A path below a folder of SANDBOX_READ_PATHS may begin with the name of that folder. */
  readonly stdioCommand?: ReadonlyArray<string> | null | undefined;
};

/** The options of `pipeline`. */
export type PipelineInput = {
  /** Text of your own. The same key again gives the same run instead of another one. */
  readonly idempotencyKey?: string | null | undefined;
  /** The steps, in order; at most 100. */
  readonly steps: ReadonlyArray<PipelineStepInput>;
};

/** One command with its options, or an agent. */
export type PipelineStepInput = {
  /** An agent instead. */
  readonly agent?: AgentInput | null | undefined;
  /** Name of the command. */
  readonly command?: string | null | undefined;
  /** Its options. */
  readonly options?: unknown;
};

/** What a rule does with a request that it matches. What no rule matches is denied; DENY wins over all. */
export type PolicyEffect =
  /** It may be done. */
  | 'ALLOW'
  /** It may be done once a person has agreed. */
  | 'APPROVE'
  /** It may not be done, whatever other rules say. */
  | 'DENY'
  /** It may be done, but only as often as the obligation says. */
  | 'THROTTLE';

/** Which runs go first when there are more than places. */
export type Priority =
  /** When nothing else is waiting. */
  | 'BATCH'
  /** Before everything else. */
  | 'CRITICAL'
  /** Somebody waits for it. The usual. */
  | 'INTERACTIVE';

/** A step from which a run is done again. */
export type RerunFromInput = {
  /** An object of inputs in place of those of the run. */
  readonly inputs?: unknown;
  /** The run, which has ended. */
  readonly runId: string;
  /** Key of the first step that is done again. */
  readonly step: string;
};

/** A resource to work on: exactly one of the three. Larger content than a request takes (1 MiB) is uploaded first, with `POST /artifacts`. */
export type ResourceInput =
  {   /** The bytes themselves. */
  readonly bytes: InlineBytes; readonly text?: never; readonly uri?: never; }
  |  { readonly bytes?: never;   /** The text itself. */
  readonly text: InlineText; readonly uri?: never; }
  |  { readonly bytes?: never; readonly text?: never;   /** Where it is read, under the policy. */
  readonly uri: string; };

/** A step to try again. */
export type RetryStepInput = {
  /** The run, which ended badly. */
  readonly runId: string;
  /** Key of the step that ended badly. */
  readonly step: string;
};

/** Which runs are wanted. What is left out does not narrow; what is given must all hold. */
export type RunFilter = {
  /** Accepted later than this. */
  readonly createdAfter?: string | null | undefined;
  /** Accepted earlier than this. */
  readonly createdBefore?: string | null | undefined;
  /** Of one of these kinds. */
  readonly kind?: ReadonlyArray<RunKind> | null | undefined;
  /** With all of these labels: `{"team": "sales"}`. */
  readonly label?: unknown;
  /** Started by this subject or user name. */
  readonly principal?: string | null | undefined;
  /** In one of these states. */
  readonly state?: ReadonlyArray<RunState> | null | undefined;
  /** With this text in its id, its goal, or the name of its workflow or of one of its commands. */
  readonly text?: string | null | undefined;
  /** Of the workflow with this name. */
  readonly workflow?: string | null | undefined;
};

/** What a run carries out. */
export type RunKind =
  /** One agent. */
  | 'AGENT'
  /** One command. */
  | 'COMMAND'
  /** Several commands one after the other, each with the output of the one before at hand. */
  | 'PIPELINE'
  /** The steps of a workflow, each as soon as what it needs is done. */
  | 'WORKFLOW';

/** Where a run stands. SUCCEEDED, FAILED, TIMEOUT, DENIED and CANCELLED are final: nothing more happens to the run, unless `retryStep` continues one that ended badly. */
export type RunState =
  /** It was stopped. */
  | 'CANCELLED'
  /** The policy did not let a step pass. */
  | 'DENIED'
  /** A step failed; `error` says which and why. */
  | 'FAILED'
  /** Accepted; nothing has begun. */
  | 'PENDING'
  /** At least one step has begun. */
  | 'RUNNING'
  /** It is done: every step succeeded, or was not needed. */
  | 'SUCCEEDED'
  /** A step took longer than it may. */
  | 'TIMEOUT'
  /** No step can go on until something comes from outside. */
  | 'WAITING';

/** A workflow to keep. */
export type SaveWorkflowInput = {
  /** The workflow, which has a name in it. */
  readonly source: WorkflowSource;
};

/** A signal for a run. */
export type SendSignalInput = {
  /** What its step waits for. */
  readonly name: string;
  /** What that step then gives as its output. */
  readonly payload?: unknown;
  /** The run. */
  readonly runId: string;
};

/** How bad a problem of a workflow is. */
export type Severity =
  /** It cannot be started or saved like this. */
  | 'ERROR'
  /** It runs, but perhaps not as it was meant. */
  | 'WARNING';

/** Who signs in. */
export type SignInInput = {
  /** Its password. */
  readonly password: string;
  /** The name of the account. */
  readonly username: string;
};

/** A workflow to start. */
export type StartRunInput = {
  /** Text of your own. The same key again gives the same run instead of another one. */
  readonly idempotencyKey?: string | null | undefined;
  /** An object of what it takes; `Workflow.inputs` is the schema. */
  readonly inputs?: unknown;
  /** An object of names and values to find the run by. */
  readonly labels?: unknown;
  /** Whether it goes before others when places are few. */
  readonly priority?: Priority | null | undefined;
  /** The workflow. */
  readonly source: WorkflowSource;
  /** Milliseconds to wait for its end before answering, at most 60000. The run goes on in any case. */
  readonly waitMs?: number | null | undefined;
};

/** What a step does. */
export type StepKind =
  /** Runs an agent; its output is what the agent gives. */
  | 'AGENT'
  /** Waits for a person to decide. */
  | 'APPROVAL'
  /** Writes the files of a plan, by the templates of a stack and perhaps a language model. */
  | 'CODEGEN'
  /** Runs a command: options in, a resource out. */
  | 'COMMAND'
  /** Checks files with linters, compilers and their own tests. */
  | 'EVAL'
  /** Tells people something. */
  | 'NOTIFY'
  /** Plans a service: its entity, endpoints, files and tests. */
  | 'PLAN'
  /** Reads, and changes nothing. */
  | 'QUERY'
  /** Commits files to a git repository in the folder of the run. */
  | 'REPO'
  /** Searches the web and the drive, and collects what was found. */
  | 'RESEARCH'
  /** Waits for somebody to send the run a signal; its output is what came with it. */
  | 'SIGNAL'
  /** Waits for a time to pass. */
  | 'SLEEP'
  /** Calls one tool. */
  | 'TOOL'
  /** Makes a value of others, by an expression. */
  | 'TRANSFORM'
  /** Runs a saved workflow as a run of its own; its output is what that gives. */
  | 'WORKFLOW';

/** Where a step stands. States move forward, and back to SCHEDULED only when it is tried again; a step of a pure command may pass several at once and is then recorded with its result. */
export type StepState =
  /** It was stopped with its run. */
  | 'CANCELLED'
  /** The policy did not let it pass; `decision` says why. */
  | 'DENIED'
  /** It was handed over; that it may act is recorded. */
  | 'DISPATCHED'
  /** It failed, and is not tried again. */
  | 'FAILED'
  /** It failed in a way that no retry can mend. */
  | 'FAILED_FATAL'
  /** This try failed; another may follow. */
  | 'FAILED_RETRYABLE'
  /** It waits for the steps that it depends on. */
  | 'PENDING'
  /** It is being done. */
  | 'RUNNING'
  /** It is ready and waits for a place. */
  | 'SCHEDULED'
  /** It was not done: its `when` was false, or an earlier step ended badly. */
  | 'SKIPPED'
  /** It is done; `output` and `resource` hold what it made. */
  | 'SUCCEEDED'
  /** It took longer than it may and was stopped. */
  | 'TIMEOUT'
  /** It waits for something from outside. */
  | 'WAITING';

/** An agent that streams messages over a WebSocket until its reply is final. */
export type WebSocketBackendInput = {
  /** Headers of the handshake by name. `secret:NAME` in a value is replaced by that secret of this server. */
  readonly headers?: unknown;
  /** Subprotocol that the agent must accept (RFC 6455, section 1.9). */
  readonly subprotocol?: string | null | undefined;
  /** Maximum silence of the agent, in milliseconds. Default 60000. */
  readonly timeoutMs?: number | null | undefined;
  /** ws or wss URL of the agent. The policy is asked about it as http or https: wss://h/p is https://h/p. */
  readonly uri: string;
};

/** Where a workflow comes from: exactly one of the four. */
export type WorkflowSource =
  {   /** The same as a value. */
  readonly document: unknown; readonly name?: never; readonly uri?: never; readonly yaml?: never; }
  |  { readonly document?: never;   /** The newest version of a saved one. */
  readonly name: string; readonly uri?: never; readonly yaml?: never; }
  |  { readonly document?: never; readonly name?: never;   /** Where its text is read, under the policy for `query:resources`. */
  readonly uri: string; readonly yaml?: never; }
  |  { readonly document?: never; readonly name?: never; readonly uri?: never;   /** Its text, YAML or JSON, in any of the three forms. */
  readonly yaml: string; };

export type RefusalPartsFragment = { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null };

export type RunPartsFragment = { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null };

export type WorkflowRunPartsFragment = { readonly __typename: 'Run', readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null };

export type StepPartsFragment = { readonly id: string, readonly key: string, readonly title: string, readonly kind: StepKind, readonly state: StepState, readonly dependsOn: ReadonlyArray<string>, readonly attempt: number, readonly maxAttempts: number, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null };

export type ApprovalPartsFragment = { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } };

export type WorkflowPartsFragment = { readonly __typename: 'Workflow', readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } };

export type OutcomePartsFragment = { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null };

export type BatchPartsFragment = { readonly cursor: string, readonly caughtUp: boolean, readonly events: ReadonlyArray<
    | { readonly __typename: 'AgentDelta', readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'AgentMessage', readonly role: string, readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'ApprovalDecided', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState } }
    | { readonly __typename: 'ApprovalRequested', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly approval: { readonly id: string, readonly reason: string } }
    | { readonly __typename: 'ArtifactCreated', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly artifact: { readonly id: string, readonly digest: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly url: string } }
    | { readonly __typename: 'LogLine', readonly level: LogLevel, readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'Notification', readonly level: LogLevel, readonly message: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'PolicyDecided', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null } }
    | { readonly __typename: 'RunCreated', readonly kind: RunKind, readonly goal: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly principal: { readonly subject: string, readonly username: string } }
    | { readonly __typename: 'RunStateChanged', readonly from: RunState, readonly to: RunState, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null }
    | { readonly __typename: 'SignalReceived', readonly name: string, readonly payload: unknown, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'StepProgress', readonly percent: number | null, readonly memo: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'StepStateChanged', readonly attempt: number, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly stepFrom: StepState, readonly stepTo: StepState, readonly error: { readonly code: ErrorCode, readonly message: string } | null }
    | { readonly __typename: 'StepsAdded', readonly keys: ReadonlyArray<string>, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'ToolCalled', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly call: { readonly id: string, readonly tool: string, readonly arguments: unknown } }
    | { readonly __typename: 'ToolReturned', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly call: { readonly id: string, readonly tool: string, readonly result: unknown, readonly durationMs: number | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null } }
  > };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly subject: string, readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } | null };

export type ResourcesQueryVariables = Exact<{
  uris: ReadonlyArray<string> | string;
  schemaUri?: string | null | undefined;
}>;


export type ResourcesQuery = { readonly resources: ReadonlyArray<{ readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null> };

export type RunQueryVariables = Exact<{
  id: string;
}>;


export type RunQuery = { readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null } | null };

export type RunsQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RunsQuery = { readonly runs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type WorkflowRunQueryVariables = Exact<{
  id: string;
}>;


export type WorkflowRunQuery = { readonly run: { readonly __typename: 'Run', readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly steps: ReadonlyArray<{ readonly id: string, readonly key: string, readonly title: string, readonly kind: StepKind, readonly state: StepState, readonly dependsOn: ReadonlyArray<string>, readonly attempt: number, readonly maxAttempts: number, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null }>, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null } | null };

export type WorkflowQueryVariables = Exact<{
  name: string;
}>;


export type WorkflowQuery = { readonly workflow: { readonly __typename: 'Workflow', readonly yaml: string, readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } } | null };

export type WorkflowsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type WorkflowsQuery = { readonly workflows: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Workflow', readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ValidateWorkflowQueryVariables = Exact<{
  source: WorkflowSource;
  inputs?: unknown;
}>;


export type ValidateWorkflowQuery = { readonly validateWorkflow: { readonly valid: boolean, readonly problems: ReadonlyArray<{ readonly severity: Severity, readonly message: string, readonly step: string | null, readonly line: number | null, readonly column: number | null }>, readonly decisions: ReadonlyArray<{ readonly step: string, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null } }> } };

export type ApprovalsQueryVariables = Exact<{
  state?: ApprovalState | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ApprovalsQuery = { readonly approvals: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { readonly signIn:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Session', readonly token: string, readonly expiresAt: string, readonly principal: { readonly subject: string, readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string> } }
   };

export type FetchMutationVariables = Exact<{
  input: FetchInput;
}>;


export type FetchMutation = { readonly fetch:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type ConvertToJsonMutationVariables = Exact<{
  input: ConvertToJsonInput;
}>;


export type ConvertToJsonMutation = { readonly convertToJson:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type PipelineMutationVariables = Exact<{
  input: PipelineInput;
}>;


export type PipelineMutation = { readonly pipeline:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type ExecuteMutationVariables = Exact<{
  input: ExecuteInput;
}>;


export type ExecuteMutation = { readonly execute:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type StartRunMutationVariables = Exact<{
  input: StartRunInput;
}>;


export type StartRunMutation = { readonly startRun:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type CancelRunMutationVariables = Exact<{
  input: CancelRunInput;
}>;


export type CancelRunMutation = { readonly cancelRun:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type RetryStepMutationVariables = Exact<{
  input: RetryStepInput;
}>;


export type RetryStepMutation = { readonly retryStep:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type RerunFromMutationVariables = Exact<{
  input: RerunFromInput;
}>;


export type RerunFromMutation = { readonly rerunFrom:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type SendSignalMutationVariables = Exact<{
  input: SendSignalInput;
}>;


export type SendSignalMutation = { readonly sendSignal:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type DecideApprovalMutationVariables = Exact<{
  input: DecideApprovalInput;
}>;


export type DecideApprovalMutation = { readonly decideApproval:
    | { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type SaveWorkflowMutationVariables = Exact<{
  input: SaveWorkflowInput;
}>;


export type SaveWorkflowMutation = { readonly saveWorkflow:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Workflow', readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } }
   };

export type DeleteWorkflowMutationVariables = Exact<{
  input: DeleteWorkflowInput;
}>;


export type DeleteWorkflowMutation = { readonly deleteWorkflow:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Workflow', readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } }
   };

export type EventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
  batch?: number | null | undefined;
}>;


export type EventsSubscription = { readonly events: { readonly cursor: string, readonly caughtUp: boolean, readonly events: ReadonlyArray<
      | { readonly __typename: 'AgentDelta', readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'AgentMessage', readonly role: string, readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'ApprovalDecided', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState } }
      | { readonly __typename: 'ApprovalRequested', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly approval: { readonly id: string, readonly reason: string } }
      | { readonly __typename: 'ArtifactCreated', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly artifact: { readonly id: string, readonly digest: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly url: string } }
      | { readonly __typename: 'LogLine', readonly level: LogLevel, readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'Notification', readonly level: LogLevel, readonly message: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'PolicyDecided', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null } }
      | { readonly __typename: 'RunCreated', readonly kind: RunKind, readonly goal: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly principal: { readonly subject: string, readonly username: string } }
      | { readonly __typename: 'RunStateChanged', readonly from: RunState, readonly to: RunState, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null }
      | { readonly __typename: 'SignalReceived', readonly name: string, readonly payload: unknown, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'StepProgress', readonly percent: number | null, readonly memo: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'StepStateChanged', readonly attempt: number, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly stepFrom: StepState, readonly stepTo: StepState, readonly error: { readonly code: ErrorCode, readonly message: string } | null }
      | { readonly __typename: 'StepsAdded', readonly keys: ReadonlyArray<string>, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'ToolCalled', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly call: { readonly id: string, readonly tool: string, readonly arguments: unknown } }
      | { readonly __typename: 'ToolReturned', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly call: { readonly id: string, readonly tool: string, readonly result: unknown, readonly durationMs: number | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null } }
    > } };

export type RunEventsSubscriptionVariables = Exact<{
  runId: string;
  after?: string | null | undefined;
  batch?: number | null | undefined;
}>;


export type RunEventsSubscription = { readonly runEvents: { readonly cursor: string, readonly caughtUp: boolean, readonly events: ReadonlyArray<
      | { readonly __typename: 'AgentDelta', readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'AgentMessage', readonly role: string, readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'ApprovalDecided', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState } }
      | { readonly __typename: 'ApprovalRequested', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly approval: { readonly id: string, readonly reason: string } }
      | { readonly __typename: 'ArtifactCreated', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly artifact: { readonly id: string, readonly digest: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly url: string } }
      | { readonly __typename: 'LogLine', readonly level: LogLevel, readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'Notification', readonly level: LogLevel, readonly message: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'PolicyDecided', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null } }
      | { readonly __typename: 'RunCreated', readonly kind: RunKind, readonly goal: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly principal: { readonly subject: string, readonly username: string } }
      | { readonly __typename: 'RunStateChanged', readonly from: RunState, readonly to: RunState, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null }
      | { readonly __typename: 'SignalReceived', readonly name: string, readonly payload: unknown, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'StepProgress', readonly percent: number | null, readonly memo: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'StepStateChanged', readonly attempt: number, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly stepFrom: StepState, readonly stepTo: StepState, readonly error: { readonly code: ErrorCode, readonly message: string } | null }
      | { readonly __typename: 'StepsAdded', readonly keys: ReadonlyArray<string>, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'ToolCalled', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly call: { readonly id: string, readonly tool: string, readonly arguments: unknown } }
      | { readonly __typename: 'ToolReturned', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly call: { readonly id: string, readonly tool: string, readonly result: unknown, readonly durationMs: number | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null } }
    > } };

export type RunUpdatedSubscriptionVariables = Exact<{
  runId: string;
}>;


export type RunUpdatedSubscription = { readonly runUpdated: { readonly __typename: 'Run', readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly steps: ReadonlyArray<{ readonly id: string, readonly key: string, readonly title: string, readonly kind: StepKind, readonly state: StepState, readonly dependsOn: ReadonlyArray<string>, readonly attempt: number, readonly maxAttempts: number, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null }>, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null } };

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
export const RefusalPartsFragmentDoc = new TypedDocumentString(`
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
    `, {"fragmentName":"RefusalParts"}) as unknown as TypedDocumentString<RefusalPartsFragment, unknown>;
export const RunPartsFragmentDoc = new TypedDocumentString(`
    fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
    `, {"fragmentName":"RunParts"}) as unknown as TypedDocumentString<RunPartsFragment, unknown>;
export const WorkflowRunPartsFragmentDoc = new TypedDocumentString(`
    fragment WorkflowRunParts on Run {
  __typename
  ...RunParts
  workflow
  goal
  labels
  output
  outputs {
    name
    value
  }
}
    fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}`, {"fragmentName":"WorkflowRunParts"}) as unknown as TypedDocumentString<WorkflowRunPartsFragment, unknown>;
export const StepPartsFragmentDoc = new TypedDocumentString(`
    fragment StepParts on Step {
  id
  key
  title
  kind
  state
  dependsOn
  attempt
  maxAttempts
  error {
    code
    message
    retryable
  }
  startedAt
  finishedAt
}
    `, {"fragmentName":"StepParts"}) as unknown as TypedDocumentString<StepPartsFragment, unknown>;
export const ApprovalPartsFragmentDoc = new TypedDocumentString(`
    fragment ApprovalParts on Approval {
  __typename
  id
  state
  reason
  roles
  requestedAt
  expiresAt
  decidedAt
  decidedBy {
    username
  }
  comment
  run {
    id
    workflow
    goal
  }
  step {
    key
    title
  }
}
    `, {"fragmentName":"ApprovalParts"}) as unknown as TypedDocumentString<ApprovalPartsFragment, unknown>;
export const WorkflowPartsFragmentDoc = new TypedDocumentString(`
    fragment WorkflowParts on Workflow {
  __typename
  id
  name
  version
  description
  inputs
  createdAt
  createdBy {
    username
  }
}
    `, {"fragmentName":"WorkflowParts"}) as unknown as TypedDocumentString<WorkflowPartsFragment, unknown>;
export const OutcomePartsFragmentDoc = new TypedDocumentString(`
    fragment OutcomeParts on CommandOutcome {
  __typename
  run {
    ...RunParts
  }
  resource {
    uri
    mediaType
    size
    digest
    text
    json
  }
}
    fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}`, {"fragmentName":"OutcomeParts"}) as unknown as TypedDocumentString<OutcomePartsFragment, unknown>;
export const BatchPartsFragmentDoc = new TypedDocumentString(`
    fragment BatchParts on EventBatch {
  cursor
  caughtUp
  events {
    __typename
    cursor
    seq
    type
    at
    runId
    step
    ... on RunCreated {
      kind
      goal
      principal {
        subject
        username
      }
    }
    ... on RunStateChanged {
      from
      to
      error {
        code
        message
      }
    }
    ... on StepsAdded {
      keys
    }
    ... on StepStateChanged {
      stepFrom: from
      stepTo: to
      attempt
      error {
        code
        message
      }
    }
    ... on StepProgress {
      percent
      memo
    }
    ... on LogLine {
      level
      text
    }
    ... on AgentMessage {
      role
      text
    }
    ... on AgentDelta {
      text
    }
    ... on ToolCalled {
      call {
        id
        tool
        arguments
      }
    }
    ... on ToolReturned {
      call {
        id
        tool
        result
        error {
          code
          message
        }
        durationMs
      }
    }
    ... on ArtifactCreated {
      artifact {
        id
        digest
        name
        mediaType
        size
        url
      }
    }
    ... on PolicyDecided {
      decision {
        effect
        reason
        action
        canonicalUri
      }
    }
    ... on ApprovalRequested {
      approval {
        id
        reason
      }
    }
    ... on ApprovalDecided {
      approval {
        id
        state
      }
    }
    ... on SignalReceived {
      name
      payload
    }
    ... on Notification {
      level
      message
    }
  }
}
    `, {"fragmentName":"BatchParts"}) as unknown as TypedDocumentString<BatchPartsFragment, unknown>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    subject
    username
    tenant
    roles
    expiresAt
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const ResourcesDocument = new TypedDocumentString(`
    query Resources($uris: [URI!]!, $schemaUri: URI) {
  resources(uris: $uris, schemaUri: $schemaUri) {
    uri
    mediaType
    size
    digest
    text
    json
  }
}
    `) as unknown as TypedDocumentString<ResourcesQuery, ResourcesQueryVariables>;
export const RunDocument = new TypedDocumentString(`
    query Run($id: ID!) {
  run(id: $id) {
    ...RunParts
  }
}
    fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}`) as unknown as TypedDocumentString<RunQuery, RunQueryVariables>;
export const RunsDocument = new TypedDocumentString(`
    query Runs($filter: RunFilter, $first: Int, $after: String) {
  runs(filter: $filter, first: $first, after: $after) {
    nodes {
      ...RunParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}`) as unknown as TypedDocumentString<RunsQuery, RunsQueryVariables>;
export const WorkflowRunDocument = new TypedDocumentString(`
    query WorkflowRun($id: ID!) {
  run(id: $id) {
    ...WorkflowRunParts
    steps {
      ...StepParts
    }
  }
}
    fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment WorkflowRunParts on Run {
  __typename
  ...RunParts
  workflow
  goal
  labels
  output
  outputs {
    name
    value
  }
}
fragment StepParts on Step {
  id
  key
  title
  kind
  state
  dependsOn
  attempt
  maxAttempts
  error {
    code
    message
    retryable
  }
  startedAt
  finishedAt
}`) as unknown as TypedDocumentString<WorkflowRunQuery, WorkflowRunQueryVariables>;
export const WorkflowDocument = new TypedDocumentString(`
    query Workflow($name: String!) {
  workflow(name: $name) {
    ...WorkflowParts
    yaml
  }
}
    fragment WorkflowParts on Workflow {
  __typename
  id
  name
  version
  description
  inputs
  createdAt
  createdBy {
    username
  }
}`) as unknown as TypedDocumentString<WorkflowQuery, WorkflowQueryVariables>;
export const WorkflowsDocument = new TypedDocumentString(`
    query Workflows($first: Int, $after: String) {
  workflows(first: $first, after: $after) {
    nodes {
      ...WorkflowParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment WorkflowParts on Workflow {
  __typename
  id
  name
  version
  description
  inputs
  createdAt
  createdBy {
    username
  }
}`) as unknown as TypedDocumentString<WorkflowsQuery, WorkflowsQueryVariables>;
export const ValidateWorkflowDocument = new TypedDocumentString(`
    query ValidateWorkflow($source: WorkflowSource!, $inputs: JSON) {
  validateWorkflow(source: $source, inputs: $inputs) {
    valid
    problems {
      severity
      message
      step
      line
      column
    }
    decisions {
      step
      decision {
        effect
        reason
        action
        canonicalUri
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ValidateWorkflowQuery, ValidateWorkflowQueryVariables>;
export const ApprovalsDocument = new TypedDocumentString(`
    query Approvals($state: ApprovalState, $first: Int, $after: String) {
  approvals(state: $state, first: $first, after: $after) {
    nodes {
      ...ApprovalParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment ApprovalParts on Approval {
  __typename
  id
  state
  reason
  roles
  requestedAt
  expiresAt
  decidedAt
  decidedBy {
    username
  }
  comment
  run {
    id
    workflow
    goal
  }
  step {
    key
    title
  }
}`) as unknown as TypedDocumentString<ApprovalsQuery, ApprovalsQueryVariables>;
export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    ... on Session {
      __typename
      token
      expiresAt
      principal {
        subject
        username
        tenant
        roles
      }
    }
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}`) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const FetchDocument = new TypedDocumentString(`
    mutation Fetch($input: FetchInput!) {
  fetch(input: $input) {
    ...OutcomeParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment OutcomeParts on CommandOutcome {
  __typename
  run {
    ...RunParts
  }
  resource {
    uri
    mediaType
    size
    digest
    text
    json
  }
}`) as unknown as TypedDocumentString<FetchMutation, FetchMutationVariables>;
export const ConvertToJsonDocument = new TypedDocumentString(`
    mutation ConvertToJson($input: ConvertToJsonInput!) {
  convertToJson(input: $input) {
    ...OutcomeParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment OutcomeParts on CommandOutcome {
  __typename
  run {
    ...RunParts
  }
  resource {
    uri
    mediaType
    size
    digest
    text
    json
  }
}`) as unknown as TypedDocumentString<ConvertToJsonMutation, ConvertToJsonMutationVariables>;
export const PipelineDocument = new TypedDocumentString(`
    mutation Pipeline($input: PipelineInput!) {
  pipeline(input: $input) {
    ...OutcomeParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment OutcomeParts on CommandOutcome {
  __typename
  run {
    ...RunParts
  }
  resource {
    uri
    mediaType
    size
    digest
    text
    json
  }
}`) as unknown as TypedDocumentString<PipelineMutation, PipelineMutationVariables>;
export const ExecuteDocument = new TypedDocumentString(`
    mutation Execute($input: ExecuteInput!) {
  execute(input: $input) {
    ...OutcomeParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment OutcomeParts on CommandOutcome {
  __typename
  run {
    ...RunParts
  }
  resource {
    uri
    mediaType
    size
    digest
    text
    json
  }
}`) as unknown as TypedDocumentString<ExecuteMutation, ExecuteMutationVariables>;
export const StartRunDocument = new TypedDocumentString(`
    mutation StartRun($input: StartRunInput!) {
  startRun(input: $input) {
    ...WorkflowRunParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment WorkflowRunParts on Run {
  __typename
  ...RunParts
  workflow
  goal
  labels
  output
  outputs {
    name
    value
  }
}`) as unknown as TypedDocumentString<StartRunMutation, StartRunMutationVariables>;
export const CancelRunDocument = new TypedDocumentString(`
    mutation CancelRun($input: CancelRunInput!) {
  cancelRun(input: $input) {
    ...WorkflowRunParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment WorkflowRunParts on Run {
  __typename
  ...RunParts
  workflow
  goal
  labels
  output
  outputs {
    name
    value
  }
}`) as unknown as TypedDocumentString<CancelRunMutation, CancelRunMutationVariables>;
export const RetryStepDocument = new TypedDocumentString(`
    mutation RetryStep($input: RetryStepInput!) {
  retryStep(input: $input) {
    ...WorkflowRunParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment WorkflowRunParts on Run {
  __typename
  ...RunParts
  workflow
  goal
  labels
  output
  outputs {
    name
    value
  }
}`) as unknown as TypedDocumentString<RetryStepMutation, RetryStepMutationVariables>;
export const RerunFromDocument = new TypedDocumentString(`
    mutation RerunFrom($input: RerunFromInput!) {
  rerunFrom(input: $input) {
    ...WorkflowRunParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment WorkflowRunParts on Run {
  __typename
  ...RunParts
  workflow
  goal
  labels
  output
  outputs {
    name
    value
  }
}`) as unknown as TypedDocumentString<RerunFromMutation, RerunFromMutationVariables>;
export const SendSignalDocument = new TypedDocumentString(`
    mutation SendSignal($input: SendSignalInput!) {
  sendSignal(input: $input) {
    ...WorkflowRunParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment WorkflowRunParts on Run {
  __typename
  ...RunParts
  workflow
  goal
  labels
  output
  outputs {
    name
    value
  }
}`) as unknown as TypedDocumentString<SendSignalMutation, SendSignalMutationVariables>;
export const DecideApprovalDocument = new TypedDocumentString(`
    mutation DecideApproval($input: DecideApprovalInput!) {
  decideApproval(input: $input) {
    ...ApprovalParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment ApprovalParts on Approval {
  __typename
  id
  state
  reason
  roles
  requestedAt
  expiresAt
  decidedAt
  decidedBy {
    username
  }
  comment
  run {
    id
    workflow
    goal
  }
  step {
    key
    title
  }
}`) as unknown as TypedDocumentString<DecideApprovalMutation, DecideApprovalMutationVariables>;
export const SaveWorkflowDocument = new TypedDocumentString(`
    mutation SaveWorkflow($input: SaveWorkflowInput!) {
  saveWorkflow(input: $input) {
    ...WorkflowParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment WorkflowParts on Workflow {
  __typename
  id
  name
  version
  description
  inputs
  createdAt
  createdBy {
    username
  }
}`) as unknown as TypedDocumentString<SaveWorkflowMutation, SaveWorkflowMutationVariables>;
export const DeleteWorkflowDocument = new TypedDocumentString(`
    mutation DeleteWorkflow($input: DeleteWorkflowInput!) {
  deleteWorkflow(input: $input) {
    ...WorkflowParts
    ...RefusalParts
  }
}
    fragment RefusalParts on Refusal {
  __typename
  code
  message
  path
  retryAfterMs
  violations {
    path
    message
    keyword
  }
  decision {
    effect
    reason
    action
    canonicalUri
    rule {
      id
    }
  }
}
fragment WorkflowParts on Workflow {
  __typename
  id
  name
  version
  description
  inputs
  createdAt
  createdBy {
    username
  }
}`) as unknown as TypedDocumentString<DeleteWorkflowMutation, DeleteWorkflowMutationVariables>;
export const EventsDocument = new TypedDocumentString(`
    subscription Events($filter: EventFilter, $after: Cursor, $batch: Int) {
  events(filter: $filter, after: $after, batch: $batch) {
    ...BatchParts
  }
}
    fragment BatchParts on EventBatch {
  cursor
  caughtUp
  events {
    __typename
    cursor
    seq
    type
    at
    runId
    step
    ... on RunCreated {
      kind
      goal
      principal {
        subject
        username
      }
    }
    ... on RunStateChanged {
      from
      to
      error {
        code
        message
      }
    }
    ... on StepsAdded {
      keys
    }
    ... on StepStateChanged {
      stepFrom: from
      stepTo: to
      attempt
      error {
        code
        message
      }
    }
    ... on StepProgress {
      percent
      memo
    }
    ... on LogLine {
      level
      text
    }
    ... on AgentMessage {
      role
      text
    }
    ... on AgentDelta {
      text
    }
    ... on ToolCalled {
      call {
        id
        tool
        arguments
      }
    }
    ... on ToolReturned {
      call {
        id
        tool
        result
        error {
          code
          message
        }
        durationMs
      }
    }
    ... on ArtifactCreated {
      artifact {
        id
        digest
        name
        mediaType
        size
        url
      }
    }
    ... on PolicyDecided {
      decision {
        effect
        reason
        action
        canonicalUri
      }
    }
    ... on ApprovalRequested {
      approval {
        id
        reason
      }
    }
    ... on ApprovalDecided {
      approval {
        id
        state
      }
    }
    ... on SignalReceived {
      name
      payload
    }
    ... on Notification {
      level
      message
    }
  }
}`) as unknown as TypedDocumentString<EventsSubscription, EventsSubscriptionVariables>;
export const RunEventsDocument = new TypedDocumentString(`
    subscription RunEvents($runId: ID!, $after: Cursor, $batch: Int) {
  runEvents(runId: $runId, after: $after, batch: $batch) {
    ...BatchParts
  }
}
    fragment BatchParts on EventBatch {
  cursor
  caughtUp
  events {
    __typename
    cursor
    seq
    type
    at
    runId
    step
    ... on RunCreated {
      kind
      goal
      principal {
        subject
        username
      }
    }
    ... on RunStateChanged {
      from
      to
      error {
        code
        message
      }
    }
    ... on StepsAdded {
      keys
    }
    ... on StepStateChanged {
      stepFrom: from
      stepTo: to
      attempt
      error {
        code
        message
      }
    }
    ... on StepProgress {
      percent
      memo
    }
    ... on LogLine {
      level
      text
    }
    ... on AgentMessage {
      role
      text
    }
    ... on AgentDelta {
      text
    }
    ... on ToolCalled {
      call {
        id
        tool
        arguments
      }
    }
    ... on ToolReturned {
      call {
        id
        tool
        result
        error {
          code
          message
        }
        durationMs
      }
    }
    ... on ArtifactCreated {
      artifact {
        id
        digest
        name
        mediaType
        size
        url
      }
    }
    ... on PolicyDecided {
      decision {
        effect
        reason
        action
        canonicalUri
      }
    }
    ... on ApprovalRequested {
      approval {
        id
        reason
      }
    }
    ... on ApprovalDecided {
      approval {
        id
        state
      }
    }
    ... on SignalReceived {
      name
      payload
    }
    ... on Notification {
      level
      message
    }
  }
}`) as unknown as TypedDocumentString<RunEventsSubscription, RunEventsSubscriptionVariables>;
export const RunUpdatedDocument = new TypedDocumentString(`
    subscription RunUpdated($runId: ID!) {
  runUpdated(runId: $runId) {
    ...WorkflowRunParts
    steps {
      ...StepParts
    }
  }
}
    fragment RunParts on Run {
  id
  kind
  state
  error {
    code
    message
    step
    retryable
  }
  createdAt
  finishedAt
  cursor
}
fragment WorkflowRunParts on Run {
  __typename
  ...RunParts
  workflow
  goal
  labels
  output
  outputs {
    name
    value
  }
}
fragment StepParts on Step {
  id
  key
  title
  kind
  state
  dependsOn
  attempt
  maxAttempts
  error {
    code
    message
    retryable
  }
  startedAt
  finishedAt
}`) as unknown as TypedDocumentString<RunUpdatedSubscription, RunUpdatedSubscriptionVariables>;
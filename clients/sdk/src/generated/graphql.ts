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
  /** JSON Schema of the answer, as an object. The answer is then JSON that fits, and is the output of the step; a model whose answer does not fit is asked once more. */
  readonly outputSchema?: unknown;
  /** Its role, such as “Summarizer”. */
  readonly role: string;
  /** Names of the tools that it may call: those in `catalog.tools`, and those of its MCP servers. */
  readonly tools?: ReadonlyArray<string> | null | undefined;
};

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

/** A shell script that runs in the sandbox, in the folder of its run. */
export type BashBackendInput = {
  /** Shell script; required. {{ role }}, {{ goal }}, {{ memory }}, {{ context }} and {{ context.NAME }} are replaced by references to variables, each one word whatever it contains. The same values are in SIGNALBOX_ROLE, SIGNALBOX_GOAL, SIGNALBOX_MEMORY and SIGNALBOX_CONTEXT, and as one JSON object on standard input. */
  readonly commandTemplate?: string | null | undefined;
  /** Absolute path of the shell, which is called with -c and the script. Default /bin/bash. */
  readonly shell?: string | null | undefined;
  /** Time limit in milliseconds, within the time limit of the step. */
  readonly timeoutMs?: number | null | undefined;
  /** Folder of the workspace in which the script starts, such as src or /workspace/src; it must exist. Default /workspace. */
  readonly workingDir?: string | null | undefined;
};

/** A run to stop. */
export type CancelRunInput = {
  /** Run the compensations of its completed steps first. */
  readonly compensate?: boolean | null | undefined;
  /** Reason, which is recorded. */
  readonly reason?: string | null | undefined;
  /** ID of the run. */
  readonly runId: string;
};

/** How `convertToJson` reads its source. */
export type ConversionMode =
  /** By its media type; when that is not conclusive, by the start of its content. */
  | 'AUTO'
  /** Comma-separated values (RFC 4180), with any delimiter. */
  | 'CSV'
  /** JSON, which is not changed. */
  | 'JSON'
  /** Text, as a list of lines. */
  | 'LINES'
  /** XML; attributes are kept, entities are not expanded. */
  | 'XML';

/** Options of `convertToBase64`. */
export type ConvertToBase64Input = {
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** A resource: by its URI, as text, or as bytes. Exactly one of the three. */
  readonly source: ResourceInput;
};

/** Options of `convertToCsv`. */
export type ConvertToCsvInput = {
  /** The data itself, instead of a source. */
  readonly data?: unknown;
  /** Between fields. */
  readonly delimiter?: string | null | undefined;
  /** The columns and their order. Without it all that occur, in the order of their first occurrence. */
  readonly fields?: ReadonlyArray<string> | null | undefined;
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** URI of a JSON Schema (draft-07, 2019-09 or 2020-12) that the data must fit. */
  readonly schemaUri?: string | null | undefined;
  /** A resource: by its URI, as text, or as bytes. Exactly one of the three. */
  readonly source?: ResourceInput | null | undefined;
};

/** Options of `convertToJson`. */
export type ConvertToJsonInput = {
  /** How `dates` are written: YYYY, MM or M, DD or D, and perhaps HH, mm, ss, such as DD.MM.YYYY. Default YYYY-MM-DD. */
  readonly dateFormat?: string | null | undefined;
  /** Columns of CSV with dates, which become YYYY-MM-DD, or YYYY-MM-DDTHH:mm:ss where the format has HH; an empty value becomes null. */
  readonly dates?: ReadonlyArray<string> | null | undefined;
  /** Between the whole and the fraction in `numbers`: "." or ",". Default ".". */
  readonly decimalSeparator?: string | null | undefined;
  /** Between the fields of CSV. Found out from the first record when absent. */
  readonly delimiter?: string | null | undefined;
  /** The first record of CSV holds the names. Without it they are column1, column2 and so on. */
  readonly header?: boolean | null | undefined;
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** What the source is. AUTO goes by its media type, and where that tells nothing by how it begins. */
  readonly mode?: ConversionMode | null | undefined;
  /** Columns of CSV with numbers, which become JSON numbers with the same digits; an empty value becomes null. */
  readonly numbers?: ReadonlyArray<string> | null | undefined;
  /** URI of a JSON Schema (draft-07, 2019-09 or 2020-12) that the data must fit. */
  readonly schemaUri?: string | null | undefined;
  /** A resource: by its URI, as text, or as bytes. Exactly one of the three. */
  readonly source: ResourceInput;
};

/** Options of `convertToXml`. */
export type ConvertToXmlInput = {
  /** The data itself, instead of a source. */
  readonly data?: unknown;
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** Name of the outermost element. */
  readonly rootElement?: string | null | undefined;
  /** URI of a JSON Schema (draft-07, 2019-09 or 2020-12) that the data must fit. */
  readonly schemaUri?: string | null | undefined;
  /** A resource: by its URI, as text, or as bytes. Exactly one of the three. */
  readonly source?: ResourceInput | null | undefined;
};

/** A decision on an approval. */
export type DecideApprovalInput = {
  /** ID of the approval. */
  readonly approvalId: string;
  /** True: the step continues. False: it ends. */
  readonly approve: boolean;
  /** Reason, which is recorded. */
  readonly comment?: string | null | undefined;
};

/** A saved workflow to delete. */
export type DeleteWorkflowInput = {
  /** Its name. */
  readonly name: string;
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

/** A command by name, for callers that know the name only at run time. */
export type ExecuteInput = {
  /** Name of the command, as in `catalog.commands`, or of the query `resources` or `catalog`. Other names: in any case, with dashes, and `from-url` and `introspect` for the queries. */
  readonly command: string;
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** The other options: an object that matches `catalog.commands.options`, or an envelope of `input_uri`, `payload_b64`, `source_uris`, `schema_uri`, `output_mime` and `meta`. */
  readonly options?: unknown;
  /** Media type that the output must have; otherwise the run fails. Parameters are ignored. */
  readonly outputMediaType?: string | null | undefined;
  /** The option `schemaUri`, when the command has it. */
  readonly schemaUri?: string | null | undefined;
  /** The option `source`, when the command has it. */
  readonly source?: ResourceInput | null | undefined;
};

/** Options of `fetch`. */
export type FetchInput = {
  /** Idempotency key. Repeating a request with the same key returns the original run. */
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

/** Bytes inside the request. */
export type InlineBytes = {
  /** The bytes. */
  readonly base64: string;
  /** Media type of the bytes. */
  readonly mediaType?: string | null | undefined;
};

/** Text inside the request. */
export type InlineText = {
  /** Media type of the text. */
  readonly mediaType?: string | null | undefined;
  /** The text. */
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

/** Options of `pipeline`. */
export type PipelineInput = {
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** The same options in an envelope of another system: an object such as `{"steps": […]}`. */
  readonly meta?: unknown;
  /** The steps, in order; at most 100. */
  readonly steps?: ReadonlyArray<PipelineStepInput> | null | undefined;
};

/** One command with its options, or an agent. */
export type PipelineStepInput = {
  /** An agent instead. */
  readonly agent?: AgentInput | null | undefined;
  /** An agent as in an agent file, instead of `agent`. It takes the place of the command. */
  readonly agent_node?: unknown;
  /** Name of the command. */
  readonly command?: string | null | undefined;
  /** Its options. */
  readonly options?: unknown;
  /** Its options as an envelope, instead of `options`: `input_uri`, `payload_b64`, `schema_uri`, `output_mime`, `meta`. */
  readonly request?: unknown;
};

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

/** Options of `render`. */
export type RenderInput = {
  /** The data itself, instead of a source. */
  readonly data?: unknown;
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** A resource: by its URI, as text, or as bytes. Exactly one of the three. */
  readonly source?: ResourceInput | null | undefined;
  /** The Jinja2 template. Without one: a default page. */
  readonly template?: string | null | undefined;
  /** Where the template is, instead of its text. */
  readonly templateUri?: string | null | undefined;
  /** Title of the page; `title` in a template. */
  readonly title?: string | null | undefined;
};

/** A step from which to repeat a run. */
export type RerunFromInput = {
  /** Object of inputs that replace those of the run. Default: the inputs of the run. */
  readonly inputs?: unknown;
  /** ID of the run, which must have ended. */
  readonly runId: string;
  /** Key of the first step to repeat. */
  readonly step: string;
};

/** A resource: exactly one of the four. Upload content that is larger than a request may be (1 MiB) first, with `POST /artifacts`. */
export type ResourceInput =
  {   /** The bytes. */
  readonly bytes: InlineBytes; readonly text?: never; readonly typedUri?: never; readonly uri?: never; }
  |  { readonly bytes?: never;   /** The text. */
  readonly text: InlineText; readonly typedUri?: never; readonly uri?: never; }
  |  { readonly bytes?: never; readonly text?: never;   /** URI of the resource, with its media type or charset. */
  readonly typedUri: TypedUri; readonly uri?: never; }
  |  { readonly bytes?: never; readonly text?: never; readonly typedUri?: never;   /** URI of the resource, which is read under the policy. */
  readonly uri: string; };

/** A step to retry. */
export type RetryStepInput = {
  /** ID of the run, which must have failed. */
  readonly runId: string;
  /** Key of the step, which must have failed. */
  readonly step: string;
};

/** An agent to run. */
export type RunAgentInput = {
  /** The agent. Exactly one of agent and document. */
  readonly agent?: AgentInput | null | undefined;
  /** Context of the agent: any JSON value. Not together with the context of an agent file. */
  readonly context?: unknown;
  /** The agent as in an agent file: an object of role, goal, tools, backend, backend_config, memory_uri, output_schema and context. */
  readonly document?: unknown;
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** Object of labels: names and values for filters. */
  readonly labels?: unknown;
  /** Milliseconds to wait for the end of the run before the response. Maximum 60000; default 0. The run continues in any case. */
  readonly waitMs?: number | null | undefined;
};

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

/** A workflow to save. */
export type SaveWorkflowInput = {
  /** Save only if this version is the newest; 0: only if the workflow does not exist. Otherwise the result is CONFLICT. So nobody overwrites what another has saved meanwhile. */
  readonly ifVersion?: number | null | undefined;
  /** The workflow, which must contain a name. */
  readonly source: WorkflowSource;
};

/** A signal to a run. */
export type SendSignalInput = {
  /** Name of the signal. A step must wait for it, now or later. */
  readonly name: string;
  /** Payload, which becomes the output of that step. */
  readonly payload?: unknown;
  /** ID of the run. */
  readonly runId: string;
};

/** Severity of a problem in a workflow. */
export type Severity =
  /** The workflow cannot be started or cannot be saved. */
  | 'ERROR'
  /** The workflow runs, but perhaps not as intended. */
  | 'WARNING';

/** Credentials. */
export type SignInInput = {
  /** Its password. */
  readonly password: string;
  /** Name of the account. */
  readonly username: string;
};

/** A workflow to start. */
export type StartRunInput = {
  /** Idempotency key. Repeating a request with the same key returns the original run. */
  readonly idempotencyKey?: string | null | undefined;
  /** Object of inputs; `Workflow.inputs` is the schema. */
  readonly inputs?: unknown;
  /** Object of labels: names and values for filters. */
  readonly labels?: unknown;
  /** Its precedence over other runs when slots are scarce. Default: that of the workflow; INTERACTIVE if it states none. */
  readonly priority?: Priority | null | undefined;
  /** The workflow. */
  readonly source: WorkflowSource;
  /** Milliseconds to wait for the end of the run before the response. Maximum 60000; default 0. The run continues in any case. */
  readonly waitMs?: number | null | undefined;
};

/** Kind of a step. */
export type StepKind =
  /** Runs an agent; its output is that of the agent. */
  | 'AGENT'
  /** Waits for a person to decide. */
  | 'APPROVAL'
  /** Writes the files of a plan, from the templates of a stack and optionally with a language model. */
  | 'CODEGEN'
  /** Runs a command: options in, resource out. */
  | 'COMMAND'
  /** Checks files with linters, compilers and their tests. */
  | 'EVAL'
  /** Sends an HTTP request; its output is the response. */
  | 'HTTP'
  /** Sends a job to a worker on the bus; its output is the result of the job. */
  | 'JOB'
  /** Notifies people. */
  | 'NOTIFY'
  /** A kind of a plugin that this server no longer has. */
  | 'OTHER'
  /** Plans a service: its entity, endpoints, files and tests. */
  | 'PLAN'
  /** Reads; changes nothing. */
  | 'QUERY'
  /** Commits files to a git repository in the folder of the run. */
  | 'REPO'
  /** Searches the web and the drive, and collects the results. */
  | 'RESEARCH'
  /** Waits for a signal to the run; its output is the payload of the signal. */
  | 'SIGNAL'
  /** Waits for a duration, or until a point in time. */
  | 'SLEEP'
  /** Calls one tool. */
  | 'TOOL'
  /** Computes a value from others, by an expression. */
  | 'TRANSFORM'
  /** Runs a saved workflow as a separate run; its output is that of the run. */
  | 'WORKFLOW';

/** State of a step. States move forward, and back to SCHEDULED only for a retry. A step of a pure command may pass through several at once, and is then recorded with its result. */
export type StepState =
  /** It was stopped together with its run. */
  | 'CANCELLED'
  /** The policy denied it; `decision` says why. */
  | 'DENIED'
  /** It may act outside now; this has been recorded durably. */
  | 'DISPATCHED'
  /** It failed, and is not retried. */
  | 'FAILED'
  /** It failed in a way that a retry cannot repair. */
  | 'FAILED_FATAL'
  /** This attempt failed; another may follow. */
  | 'FAILED_RETRYABLE'
  /** It is waiting for the steps that it depends on. */
  | 'PENDING'
  /** It is running. */
  | 'RUNNING'
  /** It is ready, and waiting for a free slot. */
  | 'SCHEDULED'
  /** It did not run: its `when` was false, or an earlier step failed. */
  | 'SKIPPED'
  /** It succeeded; `output` and `resource` contain its result. */
  | 'SUCCEEDED'
  /** It exceeded its time limit and was stopped. */
  | 'TIMEOUT'
  /** It is waiting for something outside: a time, a person, a signal or a rate limit. */
  | 'WAITING';

/** URI of a resource whose source states its media type or charset wrongly, or not at all. */
export type TypedUri = {
  /** Charset, such as `windows-1250`, instead of the one in the media type. A byte order mark goes before it. */
  readonly charset?: string | null | undefined;
  /** Media type, instead of the one that the source states. */
  readonly mediaType?: string | null | undefined;
  /** URI of the resource, which is read under the policy. */
  readonly uri: string;
};

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

/** A workflow: exactly one of the four. */
export type WorkflowSource =
  {   /** The document as a JSON value. */
  readonly document: unknown; readonly name?: never; readonly uri?: never; readonly yaml?: never; }
  |  { readonly document?: never;   /** Name of a saved workflow, in its newest version. */
  readonly name: string; readonly uri?: never; readonly yaml?: never; }
  |  { readonly document?: never; readonly name?: never;   /** URI of its text, which is read under the policy for `query:resources`. */
  readonly uri: string; readonly yaml?: never; }
  |  { readonly document?: never; readonly name?: never; readonly uri?: never;   /** Text of the workflow, YAML or JSON, in any form. */
  readonly yaml: string; };

export type RefusalPartsFragment = { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null };

export type RunPartsFragment = { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null };

export type WorkflowRunPartsFragment = { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null };

export type StepPartsFragment = { readonly id: string, readonly key: string, readonly title: string, readonly kind: StepKind, readonly state: StepState, readonly dependsOn: ReadonlyArray<string>, readonly attempt: number, readonly maxAttempts: number, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null };

export type ApprovalPartsFragment = { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly mayDecide: boolean, readonly whyNot: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } };

export type WorkflowPartsFragment = { readonly __typename: 'Workflow', readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } };

export type OutcomePartsFragment = { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null };

export type BatchPartsFragment = { readonly cursor: string, readonly caughtUp: boolean, readonly events: ReadonlyArray<
    | { readonly __typename: 'AgentDelta', readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'AgentMessage', readonly role: string, readonly text: string, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'ApprovalDecided', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState } }
    | { readonly __typename: 'ApprovalRequested', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly approval: { readonly id: string, readonly reason: string } }
    | { readonly __typename: 'ArtifactCreated', readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null, readonly artifact: { readonly id: string, readonly digest: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly url: string } }
    | { readonly __typename: 'JobDispatched', readonly jobId: string, readonly topic: string, readonly worker: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
    | { readonly __typename: 'JobEnded', readonly jobId: string, readonly worker: string | null, readonly status: string, readonly reason: string | null, readonly executionMs: number | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
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


export type RunQuery = { readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null } | null };

export type RunsQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RunsQuery = { readonly runs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type WorkflowRunQueryVariables = Exact<{
  id: string;
}>;


export type WorkflowRunQuery = { readonly run: { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly steps: ReadonlyArray<{ readonly id: string, readonly key: string, readonly title: string, readonly kind: StepKind, readonly state: StepState, readonly dependsOn: ReadonlyArray<string>, readonly attempt: number, readonly maxAttempts: number, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null }>, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null } | null };

export type WorkflowQueryVariables = Exact<{
  name: string;
  version?: number | null | undefined;
}>;


export type WorkflowQuery = { readonly workflow: { readonly __typename: 'Workflow', readonly yaml: string, readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } } | null };

export type WorkflowsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type WorkflowsQuery = { readonly workflows: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Workflow', readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type WorkflowVersionsQueryVariables = Exact<{
  name: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type WorkflowVersionsQuery = { readonly workflow: { readonly versions: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Workflow', readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown, readonly createdAt: string, readonly createdBy: { readonly username: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type RunSourceQueryVariables = Exact<{
  id: string;
}>;


export type RunSourceQuery = { readonly run: { readonly text: string | null, readonly inputs: unknown, readonly labels: unknown } | null };

export type ValidateWorkflowQueryVariables = Exact<{
  source: WorkflowSource;
  inputs?: unknown;
}>;


export type ValidateWorkflowQuery = { readonly validateWorkflow: { readonly valid: boolean, readonly problems: ReadonlyArray<{ readonly severity: Severity, readonly message: string, readonly step: string | null, readonly line: number | null, readonly column: number | null }>, readonly decisions: ReadonlyArray<{ readonly step: string, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null } }> } };

export type ApprovalQueryVariables = Exact<{
  id: string;
}>;


export type ApprovalQuery = { readonly node:
    | { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly mayDecide: boolean, readonly whyNot: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } }
    | Record<PropertyKey, never>
   | null };

export type ApprovalsQueryVariables = Exact<{
  state?: ApprovalState | null | undefined;
  mine?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ApprovalsQuery = { readonly approvals: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly mayDecide: boolean, readonly whyNot: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type SessionPartsFragment = { readonly __typename: 'Session', readonly token: string, readonly expiresAt: string, readonly principal: { readonly subject: string, readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string> } };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { readonly signIn:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Session', readonly token: string, readonly expiresAt: string, readonly principal: { readonly subject: string, readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string> } }
   };

export type RenewSessionMutationVariables = Exact<{ [key: string]: never; }>;


export type RenewSessionMutation = { readonly renewSession:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Session', readonly token: string, readonly expiresAt: string, readonly principal: { readonly subject: string, readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string> } }
   };

export type FetchMutationVariables = Exact<{
  input: FetchInput;
}>;


export type FetchMutation = { readonly fetch:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type ConvertToJsonMutationVariables = Exact<{
  input: ConvertToJsonInput;
}>;


export type ConvertToJsonMutation = { readonly convertToJson:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type ConvertToXmlMutationVariables = Exact<{
  input: ConvertToXmlInput;
}>;


export type ConvertToXmlMutation = { readonly convertToXml:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type ConvertToCsvMutationVariables = Exact<{
  input: ConvertToCsvInput;
}>;


export type ConvertToCsvMutation = { readonly convertToCsv:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type ConvertToBase64MutationVariables = Exact<{
  input: ConvertToBase64Input;
}>;


export type ConvertToBase64Mutation = { readonly convertToBase64:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type RenderMutationVariables = Exact<{
  input: RenderInput;
}>;


export type RenderMutation = { readonly render:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type PipelineMutationVariables = Exact<{
  input: PipelineInput;
}>;


export type PipelineMutation = { readonly pipeline:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type ExecuteMutationVariables = Exact<{
  input: ExecuteInput;
}>;


export type ExecuteMutation = { readonly execute:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly digest: string, readonly text: string | null, readonly json: unknown } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
   };

export type StartRunMutationVariables = Exact<{
  input: StartRunInput;
}>;


export type StartRunMutation = { readonly startRun:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type RunAgentMutationVariables = Exact<{
  input: RunAgentInput;
}>;


export type RunAgentMutation = { readonly runAgent:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type CancelRunMutationVariables = Exact<{
  input: CancelRunInput;
}>;


export type CancelRunMutation = { readonly cancelRun:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type RetryStepMutationVariables = Exact<{
  input: RetryStepInput;
}>;


export type RetryStepMutation = { readonly retryStep:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type RerunFromMutationVariables = Exact<{
  input: RerunFromInput;
}>;


export type RerunFromMutation = { readonly rerunFrom:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type SendSignalMutationVariables = Exact<{
  input: SendSignalInput;
}>;


export type SendSignalMutation = { readonly sendSignal:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly path: ReadonlyArray<string> | null, readonly retryAfterMs: number | null, readonly violations: ReadonlyArray<{ readonly path: string, readonly message: string, readonly keyword: string | null }>, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
   };

export type DecideApprovalMutationVariables = Exact<{
  input: DecideApprovalInput;
}>;


export type DecideApprovalMutation = { readonly decideApproval:
    | { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly mayDecide: boolean, readonly whyNot: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } }
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
      | { readonly __typename: 'JobDispatched', readonly jobId: string, readonly topic: string, readonly worker: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'JobEnded', readonly jobId: string, readonly worker: string | null, readonly status: string, readonly reason: string | null, readonly executionMs: number | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
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
      | { readonly __typename: 'JobDispatched', readonly jobId: string, readonly topic: string, readonly worker: string | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
      | { readonly __typename: 'JobEnded', readonly jobId: string, readonly worker: string | null, readonly status: string, readonly reason: string | null, readonly executionMs: number | null, readonly cursor: string, readonly seq: number, readonly type: EventType, readonly at: string, readonly runId: string, readonly step: string | null }
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

export type RunStateSubscriptionVariables = Exact<{
  runId: string;
}>;


export type RunStateSubscription = { readonly runUpdated: { readonly state: RunState } };

export type RunUpdatedSubscriptionVariables = Exact<{
  runId: string;
}>;


export type RunUpdatedSubscription = { readonly runUpdated: { readonly __typename: 'Run', readonly labels: unknown, readonly output: unknown, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly steps: ReadonlyArray<{ readonly id: string, readonly key: string, readonly title: string, readonly kind: StepKind, readonly state: StepState, readonly dependsOn: ReadonlyArray<string>, readonly attempt: number, readonly maxAttempts: number, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null }>, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null } };

export type LiveStepPartsFragment = { readonly key: string, readonly title: string, readonly kind: StepKind, readonly does: string | null, readonly state: StepState, readonly dependsOn: ReadonlyArray<string>, readonly undoes: string | null, readonly attempt: number, readonly maxAttempts: number, readonly wakeAt: string | null, readonly scheduledAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null, readonly progress: { readonly percent: number | null, readonly memo: string | null } | null, readonly itemCounts: ReadonlyArray<{ readonly state: StepState, readonly count: number }>, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } | null, readonly repair: { readonly step: string, readonly round: number } | null };

export type LiveRunQueryVariables = Exact<{
  id: string;
}>;


export type LiveRunQuery = { readonly run: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly cursor: string, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null, readonly steps: ReadonlyArray<{ readonly key: string, readonly title: string, readonly kind: StepKind, readonly does: string | null, readonly state: StepState, readonly dependsOn: ReadonlyArray<string>, readonly undoes: string | null, readonly attempt: number, readonly maxAttempts: number, readonly wakeAt: string | null, readonly scheduledAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null, readonly progress: { readonly percent: number | null, readonly memo: string | null } | null, readonly itemCounts: ReadonlyArray<{ readonly state: StepState, readonly count: number }>, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } | null, readonly repair: { readonly step: string, readonly round: number } | null }> } | null };

export type LiveBatchFragment = { readonly cursor: string, readonly events: ReadonlyArray<
    | { readonly __typename: 'AgentDelta', readonly text: string, readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'AgentMessage', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'ApprovalDecided', readonly seq: number, readonly at: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } }
    | { readonly __typename: 'ApprovalRequested', readonly seq: number, readonly at: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } }
    | { readonly __typename: 'ArtifactCreated', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'JobDispatched', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'JobEnded', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'LogLine', readonly level: LogLevel, readonly text: string, readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'Notification', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'PolicyDecided', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'RunCreated', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'RunStateChanged', readonly from: RunState, readonly to: RunState, readonly seq: number, readonly at: string, readonly step: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
    | { readonly __typename: 'SignalReceived', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'StepProgress', readonly percent: number | null, readonly memo: string | null, readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'StepStateChanged', readonly attempt: number, readonly scheduledAt: string | null, readonly startedAt: string | null, readonly wakeAt: string | null, readonly seq: number, readonly at: string, readonly step: string | null, readonly stepFrom: StepState, readonly stepTo: StepState, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null }
    | { readonly __typename: 'StepsAdded', readonly keys: ReadonlyArray<string>, readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'ToolCalled', readonly seq: number, readonly at: string, readonly step: string | null }
    | { readonly __typename: 'ToolReturned', readonly seq: number, readonly at: string, readonly step: string | null }
  > };

export type LiveEventsSubscriptionVariables = Exact<{
  runId: string;
  types: ReadonlyArray<EventType> | EventType;
  after?: string | null | undefined;
}>;


export type LiveEventsSubscription = { readonly events: { readonly cursor: string, readonly events: ReadonlyArray<
      | { readonly __typename: 'AgentDelta', readonly text: string, readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'AgentMessage', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'ApprovalDecided', readonly seq: number, readonly at: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } }
      | { readonly __typename: 'ApprovalRequested', readonly seq: number, readonly at: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } }
      | { readonly __typename: 'ArtifactCreated', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'JobDispatched', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'JobEnded', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'LogLine', readonly level: LogLevel, readonly text: string, readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'Notification', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'PolicyDecided', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'RunCreated', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'RunStateChanged', readonly from: RunState, readonly to: RunState, readonly seq: number, readonly at: string, readonly step: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
      | { readonly __typename: 'SignalReceived', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'StepProgress', readonly percent: number | null, readonly memo: string | null, readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'StepStateChanged', readonly attempt: number, readonly scheduledAt: string | null, readonly startedAt: string | null, readonly wakeAt: string | null, readonly seq: number, readonly at: string, readonly step: string | null, readonly stepFrom: StepState, readonly stepTo: StepState, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null }
      | { readonly __typename: 'StepsAdded', readonly keys: ReadonlyArray<string>, readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'ToolCalled', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'ToolReturned', readonly seq: number, readonly at: string, readonly step: string | null }
    > } };

export type LiveHistoryQueryVariables = Exact<{
  id: string;
  types: ReadonlyArray<EventType> | EventType;
  after?: string | null | undefined;
}>;


export type LiveHistoryQuery = { readonly run: { readonly events: { readonly caughtUp: boolean, readonly cursor: string, readonly events: ReadonlyArray<
        | { readonly __typename: 'AgentDelta', readonly text: string, readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'AgentMessage', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'ApprovalDecided', readonly seq: number, readonly at: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } }
        | { readonly __typename: 'ApprovalRequested', readonly seq: number, readonly at: string, readonly step: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } }
        | { readonly __typename: 'ArtifactCreated', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'JobDispatched', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'JobEnded', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'LogLine', readonly level: LogLevel, readonly text: string, readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'Notification', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'PolicyDecided', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'RunCreated', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'RunStateChanged', readonly from: RunState, readonly to: RunState, readonly seq: number, readonly at: string, readonly step: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }
        | { readonly __typename: 'SignalReceived', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'StepProgress', readonly percent: number | null, readonly memo: string | null, readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'StepStateChanged', readonly attempt: number, readonly scheduledAt: string | null, readonly startedAt: string | null, readonly wakeAt: string | null, readonly seq: number, readonly at: string, readonly step: string | null, readonly stepFrom: StepState, readonly stepTo: StepState, readonly error: { readonly code: ErrorCode, readonly message: string, readonly retryable: boolean } | null }
        | { readonly __typename: 'StepsAdded', readonly keys: ReadonlyArray<string>, readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'ToolCalled', readonly seq: number, readonly at: string, readonly step: string | null }
        | { readonly __typename: 'ToolReturned', readonly seq: number, readonly at: string, readonly step: string | null }
      > } } | null };

export type LiveRunRowPartsFragment = { readonly labels: unknown, readonly startedAt: string | null, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly principal: { readonly username: string }, readonly stepCounts: ReadonlyArray<{ readonly state: StepState, readonly count: number }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null };

export type LiveRunsQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type LiveRunsQuery = { readonly runs: { readonly nodes: ReadonlyArray<{ readonly labels: unknown, readonly startedAt: string | null, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly principal: { readonly username: string }, readonly stepCounts: ReadonlyArray<{ readonly state: StepState, readonly count: number }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type LiveRunsUpdatedSubscriptionVariables = Exact<{
  ids: ReadonlyArray<string> | string;
  filter?: RunFilter | null | undefined;
  newerThan?: string | null | undefined;
}>;


export type LiveRunsUpdatedSubscription = { readonly runsUpdated: { readonly new: number, readonly runs: ReadonlyArray<{ readonly labels: unknown, readonly startedAt: string | null, readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly finishedAt: string | null, readonly cursor: string, readonly principal: { readonly username: string }, readonly stepCounts: ReadonlyArray<{ readonly state: StepState, readonly count: number }>, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null, readonly retryable: boolean } | null }> } };

export type LiveLogPartsFragment = { readonly cursor: string, readonly events: ReadonlyArray<
    | { readonly cursor: string, readonly seq: number, readonly at: string, readonly level: LogLevel, readonly text: string }
    | Record<PropertyKey, never>
  > };

export type LiveLogQueryVariables = Exact<{
  runId: string;
  step: string;
  level?: LogLevel | null | undefined;
  before?: string | null | undefined;
}>;


export type LiveLogQuery = { readonly run: { readonly step: { readonly logs: { readonly startCursor: string | null, readonly cursor: string, readonly events: ReadonlyArray<
          | { readonly cursor: string, readonly seq: number, readonly at: string, readonly level: LogLevel, readonly text: string }
          | Record<PropertyKey, never>
        > } } | null } | null };

export type LiveLogLinesSubscriptionVariables = Exact<{
  runId: string;
  step: string;
  level?: LogLevel | null | undefined;
  after?: string | null | undefined;
}>;


export type LiveLogLinesSubscription = { readonly events: { readonly cursor: string, readonly events: ReadonlyArray<
      | { readonly cursor: string, readonly seq: number, readonly at: string, readonly level: LogLevel, readonly text: string }
      | Record<PropertyKey, never>
    > } };

export type LiveApprovalsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type LiveApprovalsSubscription = { readonly events: { readonly cursor: string, readonly events: ReadonlyArray<
      | { readonly approval: { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly mayDecide: boolean, readonly whyNot: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } } }
      | { readonly approval: { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly mayDecide: boolean, readonly whyNot: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null }, readonly step: { readonly key: string, readonly title: string } } }
      | Record<PropertyKey, never>
    > } };

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
export const RunPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}`, {"fragmentName":"RunParts"}) as unknown as TypedDocumentString<RunPartsFragment, unknown>;
export const WorkflowRunPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}`, {"fragmentName":"WorkflowRunParts"}) as unknown as TypedDocumentString<WorkflowRunPartsFragment, unknown>;
export const StepPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment StepParts on Step{id key title kind state dependsOn attempt maxAttempts error{code message retryable}startedAt finishedAt}`, {"fragmentName":"StepParts"}) as unknown as TypedDocumentString<StepPartsFragment, unknown>;
export const ApprovalPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ApprovalParts on Approval{__typename id state reason roles requestedAt expiresAt decidedAt decidedBy{username}comment run{id workflow goal}step{key title}mayDecide whyNot}`, {"fragmentName":"ApprovalParts"}) as unknown as TypedDocumentString<ApprovalPartsFragment, unknown>;
export const WorkflowPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkflowParts on Workflow{__typename id name version description inputs createdAt createdBy{username}}`, {"fragmentName":"WorkflowParts"}) as unknown as TypedDocumentString<WorkflowPartsFragment, unknown>;
export const OutcomePartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}`, {"fragmentName":"OutcomeParts"}) as unknown as TypedDocumentString<OutcomePartsFragment, unknown>;
export const BatchPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment BatchParts on EventBatch{cursor caughtUp events{__typename cursor seq type at runId step...on RunCreated{kind goal principal{subject username}}...on RunStateChanged{from to error{code message}}...on StepsAdded{keys}...on StepStateChanged{stepFrom:from stepTo:to attempt error{code message}}...on StepProgress{percent memo}...on LogLine{level text}...on AgentMessage{role text}...on AgentDelta{text}...on ToolCalled{call{id tool arguments}}...on ToolReturned{call{id tool result error{code message}durationMs}}...on JobDispatched{jobId topic worker}...on JobEnded{jobId worker status reason executionMs}...on ArtifactCreated{artifact{id digest name mediaType size url}}...on PolicyDecided{decision{effect reason action canonicalUri}}...on ApprovalRequested{approval{id reason}}...on ApprovalDecided{approval{id state}}...on SignalReceived{name payload}...on Notification{level message}}}`, {"fragmentName":"BatchParts"}) as unknown as TypedDocumentString<BatchPartsFragment, unknown>;
export const SessionPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SessionParts on Session{__typename token expiresAt principal{subject username tenant roles}}`, {"fragmentName":"SessionParts"}) as unknown as TypedDocumentString<SessionPartsFragment, unknown>;
export const LiveStepPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment LiveStepParts on Step{key title kind does state dependsOn undoes attempt maxAttempts error{code message retryable}progress{percent memo}itemCounts{state count}approval{id state reason roles expiresAt}repair{step round}wakeAt scheduledAt startedAt finishedAt}`, {"fragmentName":"LiveStepParts"}) as unknown as TypedDocumentString<LiveStepPartsFragment, unknown>;
export const LiveBatchFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment LiveBatch on EventBatch{cursor events{__typename seq at step...on RunStateChanged{from to error{code message step retryable}}...on StepsAdded{keys}...on StepStateChanged{stepFrom:from stepTo:to attempt error{code message retryable}scheduledAt startedAt wakeAt}...on StepProgress{percent memo}...on LogLine{level text}...on AgentDelta{text}...on ApprovalRequested{approval{id state reason roles expiresAt}}...on ApprovalDecided{approval{id state reason roles expiresAt}}}}`, {"fragmentName":"LiveBatch"}) as unknown as TypedDocumentString<LiveBatchFragment, unknown>;
export const LiveRunRowPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment LiveRunRowParts on Run{...RunParts labels principal{username}startedAt stepCounts{state count}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}`, {"fragmentName":"LiveRunRowParts"}) as unknown as TypedDocumentString<LiveRunRowPartsFragment, unknown>;
export const LiveLogPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment LiveLogParts on EventBatch{cursor events{...on LogLine{cursor seq at level text}}}`, {"fragmentName":"LiveLogParts"}) as unknown as TypedDocumentString<LiveLogPartsFragment, unknown>;
export const ViewerDocument = /* @__PURE__ */ new TypedDocumentString(`query Viewer{viewer{subject username tenant roles expiresAt}}`) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const ResourcesDocument = /* @__PURE__ */ new TypedDocumentString(`query Resources($uris:[URI!]!,$schemaUri:URI){resources(uris:$uris,schemaUri:$schemaUri){uri mediaType size digest text json}}`) as unknown as TypedDocumentString<ResourcesQuery, ResourcesQueryVariables>;
export const RunDocument = /* @__PURE__ */ new TypedDocumentString(`query Run($id:ID!){run(id:$id){...RunParts}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}`) as unknown as TypedDocumentString<RunQuery, RunQueryVariables>;
export const RunsDocument = /* @__PURE__ */ new TypedDocumentString(`query Runs($filter:RunFilter,$first:Int,$after:String){runs(filter:$filter,first:$first,after:$after){nodes{...RunParts}pageInfo{hasNextPage endCursor}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}`) as unknown as TypedDocumentString<RunsQuery, RunsQueryVariables>;
export const WorkflowRunDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowRun($id:ID!){run(id:$id){...WorkflowRunParts steps{...StepParts}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}fragment StepParts on Step{id key title kind state dependsOn attempt maxAttempts error{code message retryable}startedAt finishedAt}`) as unknown as TypedDocumentString<WorkflowRunQuery, WorkflowRunQueryVariables>;
export const WorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`query Workflow($name:String!,$version:Int){workflow(name:$name,version:$version){...WorkflowParts yaml}}fragment WorkflowParts on Workflow{__typename id name version description inputs createdAt createdBy{username}}`) as unknown as TypedDocumentString<WorkflowQuery, WorkflowQueryVariables>;
export const WorkflowsDocument = /* @__PURE__ */ new TypedDocumentString(`query Workflows($first:Int,$after:String){workflows(first:$first,after:$after){nodes{...WorkflowParts}pageInfo{hasNextPage endCursor}}}fragment WorkflowParts on Workflow{__typename id name version description inputs createdAt createdBy{username}}`) as unknown as TypedDocumentString<WorkflowsQuery, WorkflowsQueryVariables>;
export const WorkflowVersionsDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowVersions($name:String!,$first:Int,$after:String){workflow(name:$name){versions(first:$first,after:$after){nodes{...WorkflowParts}pageInfo{hasNextPage endCursor}}}}fragment WorkflowParts on Workflow{__typename id name version description inputs createdAt createdBy{username}}`) as unknown as TypedDocumentString<WorkflowVersionsQuery, WorkflowVersionsQueryVariables>;
export const RunSourceDocument = /* @__PURE__ */ new TypedDocumentString(`query RunSource($id:ID!){run(id:$id){text inputs labels}}`) as unknown as TypedDocumentString<RunSourceQuery, RunSourceQueryVariables>;
export const ValidateWorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`query ValidateWorkflow($source:WorkflowSource!,$inputs:JSON){validateWorkflow(source:$source,inputs:$inputs){valid problems{severity message step line column}decisions{step decision{effect reason action canonicalUri}}}}`) as unknown as TypedDocumentString<ValidateWorkflowQuery, ValidateWorkflowQueryVariables>;
export const ApprovalDocument = /* @__PURE__ */ new TypedDocumentString(`query Approval($id:ID!){node(id:$id){...ApprovalParts}}fragment ApprovalParts on Approval{__typename id state reason roles requestedAt expiresAt decidedAt decidedBy{username}comment run{id workflow goal}step{key title}mayDecide whyNot}`) as unknown as TypedDocumentString<ApprovalQuery, ApprovalQueryVariables>;
export const ApprovalsDocument = /* @__PURE__ */ new TypedDocumentString(`query Approvals($state:ApprovalState,$mine:Boolean,$first:Int,$after:String){approvals(state:$state,mine:$mine,first:$first,after:$after){nodes{...ApprovalParts}pageInfo{hasNextPage endCursor}}}fragment ApprovalParts on Approval{__typename id state reason roles requestedAt expiresAt decidedAt decidedBy{username}comment run{id workflow goal}step{key title}mayDecide whyNot}`) as unknown as TypedDocumentString<ApprovalsQuery, ApprovalsQueryVariables>;
export const SignInDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SignIn($input:SignInInput!){signIn(input:$input){...SessionParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment SessionParts on Session{__typename token expiresAt principal{subject username tenant roles}}`) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const RenewSessionDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RenewSession{renewSession{...SessionParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment SessionParts on Session{__typename token expiresAt principal{subject username tenant roles}}`) as unknown as TypedDocumentString<RenewSessionMutation, RenewSessionMutationVariables>;
export const FetchDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Fetch($input:FetchInput!){fetch(input:$input){...OutcomeParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}`) as unknown as TypedDocumentString<FetchMutation, FetchMutationVariables>;
export const ConvertToJsonDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ConvertToJson($input:ConvertToJsonInput!){convertToJson(input:$input){...OutcomeParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}`) as unknown as TypedDocumentString<ConvertToJsonMutation, ConvertToJsonMutationVariables>;
export const ConvertToXmlDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ConvertToXml($input:ConvertToXmlInput!){convertToXml(input:$input){...OutcomeParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}`) as unknown as TypedDocumentString<ConvertToXmlMutation, ConvertToXmlMutationVariables>;
export const ConvertToCsvDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ConvertToCsv($input:ConvertToCsvInput!){convertToCsv(input:$input){...OutcomeParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}`) as unknown as TypedDocumentString<ConvertToCsvMutation, ConvertToCsvMutationVariables>;
export const ConvertToBase64Document = /* @__PURE__ */ new TypedDocumentString(`mutation ConvertToBase64($input:ConvertToBase64Input!){convertToBase64(input:$input){...OutcomeParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}`) as unknown as TypedDocumentString<ConvertToBase64Mutation, ConvertToBase64MutationVariables>;
export const RenderDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Render($input:RenderInput!){render(input:$input){...OutcomeParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}`) as unknown as TypedDocumentString<RenderMutation, RenderMutationVariables>;
export const PipelineDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Pipeline($input:PipelineInput!){pipeline(input:$input){...OutcomeParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}`) as unknown as TypedDocumentString<PipelineMutation, PipelineMutationVariables>;
export const ExecuteDocument = /* @__PURE__ */ new TypedDocumentString(`mutation Execute($input:ExecuteInput!){execute(input:$input){...OutcomeParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment OutcomeParts on CommandOutcome{__typename run{...RunParts}resource{uri mediaType size digest text json}}`) as unknown as TypedDocumentString<ExecuteMutation, ExecuteMutationVariables>;
export const StartRunDocument = /* @__PURE__ */ new TypedDocumentString(`mutation StartRun($input:StartRunInput!){startRun(input:$input){...WorkflowRunParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}`) as unknown as TypedDocumentString<StartRunMutation, StartRunMutationVariables>;
export const RunAgentDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RunAgent($input:RunAgentInput!){runAgent(input:$input){...WorkflowRunParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}`) as unknown as TypedDocumentString<RunAgentMutation, RunAgentMutationVariables>;
export const CancelRunDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CancelRun($input:CancelRunInput!){cancelRun(input:$input){...WorkflowRunParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}`) as unknown as TypedDocumentString<CancelRunMutation, CancelRunMutationVariables>;
export const RetryStepDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RetryStep($input:RetryStepInput!){retryStep(input:$input){...WorkflowRunParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}`) as unknown as TypedDocumentString<RetryStepMutation, RetryStepMutationVariables>;
export const RerunFromDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RerunFrom($input:RerunFromInput!){rerunFrom(input:$input){...WorkflowRunParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}`) as unknown as TypedDocumentString<RerunFromMutation, RerunFromMutationVariables>;
export const SendSignalDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SendSignal($input:SendSignalInput!){sendSignal(input:$input){...WorkflowRunParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}`) as unknown as TypedDocumentString<SendSignalMutation, SendSignalMutationVariables>;
export const DecideApprovalDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DecideApproval($input:DecideApprovalInput!){decideApproval(input:$input){...ApprovalParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment ApprovalParts on Approval{__typename id state reason roles requestedAt expiresAt decidedAt decidedBy{username}comment run{id workflow goal}step{key title}mayDecide whyNot}`) as unknown as TypedDocumentString<DecideApprovalMutation, DecideApprovalMutationVariables>;
export const SaveWorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SaveWorkflow($input:SaveWorkflowInput!){saveWorkflow(input:$input){...WorkflowParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment WorkflowParts on Workflow{__typename id name version description inputs createdAt createdBy{username}}`) as unknown as TypedDocumentString<SaveWorkflowMutation, SaveWorkflowMutationVariables>;
export const DeleteWorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DeleteWorkflow($input:DeleteWorkflowInput!){deleteWorkflow(input:$input){...WorkflowParts...RefusalParts}}fragment RefusalParts on Refusal{__typename code message path retryAfterMs violations{path message keyword}decision{effect reason action canonicalUri rule{id}}}fragment WorkflowParts on Workflow{__typename id name version description inputs createdAt createdBy{username}}`) as unknown as TypedDocumentString<DeleteWorkflowMutation, DeleteWorkflowMutationVariables>;
export const EventsDocument = /* @__PURE__ */ new TypedDocumentString(`subscription Events($filter:EventFilter,$after:Cursor,$batch:Int){events(filter:$filter,after:$after,batch:$batch){...BatchParts}}fragment BatchParts on EventBatch{cursor caughtUp events{__typename cursor seq type at runId step...on RunCreated{kind goal principal{subject username}}...on RunStateChanged{from to error{code message}}...on StepsAdded{keys}...on StepStateChanged{stepFrom:from stepTo:to attempt error{code message}}...on StepProgress{percent memo}...on LogLine{level text}...on AgentMessage{role text}...on AgentDelta{text}...on ToolCalled{call{id tool arguments}}...on ToolReturned{call{id tool result error{code message}durationMs}}...on JobDispatched{jobId topic worker}...on JobEnded{jobId worker status reason executionMs}...on ArtifactCreated{artifact{id digest name mediaType size url}}...on PolicyDecided{decision{effect reason action canonicalUri}}...on ApprovalRequested{approval{id reason}}...on ApprovalDecided{approval{id state}}...on SignalReceived{name payload}...on Notification{level message}}}`) as unknown as TypedDocumentString<EventsSubscription, EventsSubscriptionVariables>;
export const RunEventsDocument = /* @__PURE__ */ new TypedDocumentString(`subscription RunEvents($runId:ID!,$after:Cursor,$batch:Int){runEvents(runId:$runId,after:$after,batch:$batch){...BatchParts}}fragment BatchParts on EventBatch{cursor caughtUp events{__typename cursor seq type at runId step...on RunCreated{kind goal principal{subject username}}...on RunStateChanged{from to error{code message}}...on StepsAdded{keys}...on StepStateChanged{stepFrom:from stepTo:to attempt error{code message}}...on StepProgress{percent memo}...on LogLine{level text}...on AgentMessage{role text}...on AgentDelta{text}...on ToolCalled{call{id tool arguments}}...on ToolReturned{call{id tool result error{code message}durationMs}}...on JobDispatched{jobId topic worker}...on JobEnded{jobId worker status reason executionMs}...on ArtifactCreated{artifact{id digest name mediaType size url}}...on PolicyDecided{decision{effect reason action canonicalUri}}...on ApprovalRequested{approval{id reason}}...on ApprovalDecided{approval{id state}}...on SignalReceived{name payload}...on Notification{level message}}}`) as unknown as TypedDocumentString<RunEventsSubscription, RunEventsSubscriptionVariables>;
export const RunStateDocument = /* @__PURE__ */ new TypedDocumentString(`subscription RunState($runId:ID!){runUpdated(runId:$runId){state}}`) as unknown as TypedDocumentString<RunStateSubscription, RunStateSubscriptionVariables>;
export const RunUpdatedDocument = /* @__PURE__ */ new TypedDocumentString(`subscription RunUpdated($runId:ID!){runUpdated(runId:$runId){...WorkflowRunParts steps{...StepParts}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment WorkflowRunParts on Run{__typename...RunParts labels output outputs{name value}}fragment StepParts on Step{id key title kind state dependsOn attempt maxAttempts error{code message retryable}startedAt finishedAt}`) as unknown as TypedDocumentString<RunUpdatedSubscription, RunUpdatedSubscriptionVariables>;
export const LiveRunDocument = /* @__PURE__ */ new TypedDocumentString(`query LiveRun($id:ID!){run(id:$id){id kind state workflow goal error{code message step retryable}createdAt startedAt finishedAt cursor steps{...LiveStepParts}}}fragment LiveStepParts on Step{key title kind does state dependsOn undoes attempt maxAttempts error{code message retryable}progress{percent memo}itemCounts{state count}approval{id state reason roles expiresAt}repair{step round}wakeAt scheduledAt startedAt finishedAt}`) as unknown as TypedDocumentString<LiveRunQuery, LiveRunQueryVariables>;
export const LiveEventsDocument = /* @__PURE__ */ new TypedDocumentString(`subscription LiveEvents($runId:ID!,$types:[EventType!]!,$after:Cursor){events(filter:{runId:$runId,types:$types},after:$after){...LiveBatch}}fragment LiveBatch on EventBatch{cursor events{__typename seq at step...on RunStateChanged{from to error{code message step retryable}}...on StepsAdded{keys}...on StepStateChanged{stepFrom:from stepTo:to attempt error{code message retryable}scheduledAt startedAt wakeAt}...on StepProgress{percent memo}...on LogLine{level text}...on AgentDelta{text}...on ApprovalRequested{approval{id state reason roles expiresAt}}...on ApprovalDecided{approval{id state reason roles expiresAt}}}}`) as unknown as TypedDocumentString<LiveEventsSubscription, LiveEventsSubscriptionVariables>;
export const LiveHistoryDocument = /* @__PURE__ */ new TypedDocumentString(`query LiveHistory($id:ID!,$types:[EventType!]!,$after:Cursor){run(id:$id){events(filter:{types:$types},after:$after){caughtUp...LiveBatch}}}fragment LiveBatch on EventBatch{cursor events{__typename seq at step...on RunStateChanged{from to error{code message step retryable}}...on StepsAdded{keys}...on StepStateChanged{stepFrom:from stepTo:to attempt error{code message retryable}scheduledAt startedAt wakeAt}...on StepProgress{percent memo}...on LogLine{level text}...on AgentDelta{text}...on ApprovalRequested{approval{id state reason roles expiresAt}}...on ApprovalDecided{approval{id state reason roles expiresAt}}}}`) as unknown as TypedDocumentString<LiveHistoryQuery, LiveHistoryQueryVariables>;
export const LiveRunsDocument = /* @__PURE__ */ new TypedDocumentString(`query LiveRuns($filter:RunFilter,$first:Int,$after:String){runs(filter:$filter,first:$first,after:$after){nodes{...LiveRunRowParts}pageInfo{hasNextPage endCursor}}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment LiveRunRowParts on Run{...RunParts labels principal{username}startedAt stepCounts{state count}}`) as unknown as TypedDocumentString<LiveRunsQuery, LiveRunsQueryVariables>;
export const LiveRunsUpdatedDocument = /* @__PURE__ */ new TypedDocumentString(`subscription LiveRunsUpdated($ids:[ID!]!,$filter:RunFilter,$newerThan:ID){runsUpdated(ids:$ids,filter:$filter,newerThan:$newerThan){runs{...LiveRunRowParts}new}}fragment RunParts on Run{id kind state workflow goal error{code message step retryable}createdAt finishedAt cursor}fragment LiveRunRowParts on Run{...RunParts labels principal{username}startedAt stepCounts{state count}}`) as unknown as TypedDocumentString<LiveRunsUpdatedSubscription, LiveRunsUpdatedSubscriptionVariables>;
export const LiveLogDocument = /* @__PURE__ */ new TypedDocumentString(`query LiveLog($runId:ID!,$step:String!,$level:LogLevel,$before:Cursor){run(id:$runId){step(key:$step){logs(level:$level,last:500,before:$before){startCursor...LiveLogParts}}}}fragment LiveLogParts on EventBatch{cursor events{...on LogLine{cursor seq at level text}}}`) as unknown as TypedDocumentString<LiveLogQuery, LiveLogQueryVariables>;
export const LiveLogLinesDocument = /* @__PURE__ */ new TypedDocumentString(`subscription LiveLogLines($runId:ID!,$step:String!,$level:LogLevel,$after:Cursor){events(filter:{runId:$runId,steps:[$step],types:[LOG],level:$level}after:$after batch:500){...LiveLogParts}}fragment LiveLogParts on EventBatch{cursor events{...on LogLine{cursor seq at level text}}}`) as unknown as TypedDocumentString<LiveLogLinesSubscription, LiveLogLinesSubscriptionVariables>;
export const LiveApprovalsDocument = /* @__PURE__ */ new TypedDocumentString(`subscription LiveApprovals($after:Cursor){events(filter:{types:[APPROVAL_REQUESTED,APPROVAL_DECIDED]},after:$after){cursor events{...on ApprovalRequested{approval{...ApprovalParts}}...on ApprovalDecided{approval{...ApprovalParts}}}}}fragment ApprovalParts on Approval{__typename id state reason roles requestedAt expiresAt decidedAt decidedBy{username}comment run{id workflow goal}step{key title}mayDecide whyNot}`) as unknown as TypedDocumentString<LiveApprovalsSubscription, LiveApprovalsSubscriptionVariables>;
export const COMMANDS = ["convertToBase64","convertToCsv","convertToJson","convertToXml","execute","fetch","pipeline","render"] as const;
/** Input of each command. */
export interface CommandInputs {
  convertToBase64: ConvertToBase64Input;
  convertToCsv: ConvertToCsvInput;
  convertToJson: ConvertToJsonInput;
  convertToXml: ConvertToXmlInput;
  execute: ExecuteInput;
  fetch: FetchInput;
  pipeline: PipelineInput;
  render: RenderInput;
}
/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** How an agent is reached. */
export type AgentBackend =
  /** A shell script that runs in the sandbox, in the folder of its run. */
  | 'BASH_CLI'
  /** An HTTP request with role, goal, context and memory as JSON. */
  | 'HTTP_API'
  /** A language model that may call tools. */
  | 'LITELLM'
  /** A tool of an MCP server: exactly one of stdioCommand and serverUrl. */
  | 'MCP'
  /** An agent that streams messages over a WebSocket until its reply is final. */
  | 'WEBSOCKET';

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

/** A webhook to create. */
export type CreateWebhookInput = {
  /** What it gets. At least one. */
  readonly events: ReadonlyArray<WebhookEvent>;
  /** URL with https or http, at most 2,048 characters. Private addresses only if the server allows them (`ALLOWED_PRIVATE_HOSTS`). */
  readonly url: string;
  /** Name of the workflow whose runs it gets. Default: those of every run. */
  readonly workflow?: string | null | undefined;
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

/** What an example is. */
export type ExampleKind =
  /** One command with its options. */
  | 'COMMAND'
  /** Commands of which each works on the result of the one before. */
  | 'PIPELINE'
  /** A workflow. */
  | 'WORKFLOW';

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

/** Why a run has not begun, as its workflow says. */
export type FlowWaitReason =
  /** As many runs of its key are active as `concurrency` allows. */
  | 'CONCURRENCY'
  /** Another run of its key may come, and take its place (`debounce`). */
  | 'DEBOUNCE'
  /** As many runs of its key have begun as `rate` allows. */
  | 'RATE';

/** Health of the server, or of one of its parts. */
export type HealthStatus =
  /** It works, but with reduced speed or function. */
  | 'DEGRADED'
  /** It does not work. */
  | 'DOWN'
  /** It works. */
  | 'OK';

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

/** Whose use a quota limits. */
export type QuotaScope =
  /** One user. */
  | 'PRINCIPAL'
  /** All users of a tenant together. */
  | 'TENANT';

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

/** A view to save, or to replace by its name. */
export type SaveViewInput = {
  /** Its name: 1 to 100 characters. */
  readonly name: string;
  /** Save it for all users of the tenant. Default: false. */
  readonly shared?: boolean | null | undefined;
  /** Path and query: `/runs?state=FAILED`. Begins with `/` or `?`; at most 4000 characters, no spaces. */
  readonly state: string;
};

/** A workflow to save. */
export type SaveWorkflowInput = {
  /** Save only if this version is the newest; 0: only if the workflow does not exist. Otherwise the result is CONFLICT. So nobody overwrites what another has saved meanwhile. */
  readonly ifVersion?: number | null | undefined;
  /** The workflow, which must contain a name. */
  readonly source: WorkflowSource;
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

/** Severity of a problem in a workflow. */
export type Severity =
  /** The workflow cannot be started or cannot be saved. */
  | 'ERROR'
  /** The workflow runs, but perhaps not as intended. */
  | 'WARNING';

/** How people sign in. */
export type SignInMethod =
  /** With user name and password: `signIn` returns a token. */
  | 'PASSWORD'
  /** With a token of an identity provider, whose keys the server reads from `JWKS_URL`. */
  | 'TOKEN';

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

/** A change of an account of your tenant. What is left out stays as it is. */
export type UpdateAccountInput = {
  /** Disable or enable it. Either signs it out everywhere; its API tokens end for good. */
  readonly disabled?: boolean | null | undefined;
  /** All its roles from now on: at least one, all declared by the policy. */
  readonly roles?: ReadonlyArray<string> | null | undefined;
  /** Name of the account. */
  readonly username: string;
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

/** State of a delivery. */
export type WebhookDeliveryState =
  /** The receiver answered with a status 2xx. */
  | 'DELIVERED'
  /** All attempts of a day failed, or there is no use in another one. */
  | 'FAILED'
  /** It waits for its first or next attempt. */
  | 'PENDING';

/** Why a webhook was disabled. */
export type WebhookDisabledReason =
  /** The account of its owner was removed or disabled. */
  | 'ACCOUNT'
  /** 10,000 deliveries waited. */
  | 'BACKLOG'
  /** Every attempt of five days failed. */
  | 'FAILING'
  /** The receiver answered 410. */
  | 'GONE';

/** An event that a webhook gets. */
export type WebhookEvent =
  /** An approval was granted or rejected, or it expired. */
  | 'APPROVAL_DECIDED'
  /** A step waits for a person. */
  | 'APPROVAL_REQUESTED'
  /** A run has ended, in whichever state. */
  | 'RUN_ENDED';

/** How a webhook verifies a delivery. */
export type WebhookScheme =
  /** Signed as GitHub does: `X-Hub-Signature-256`. */
  | 'GITHUB'
  /** Signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
  | 'STANDARD'
  /** A bearer token in `Authorization`. */
  | 'TOKEN';

/** What a worker may not do. */
export type WorkerRestrictionKind =
  /** It gets no new jobs, until `drainWorker` takes it back. */
  | 'DRAINED'
  /** Its key is refused, until its entry in `CAP_PEERS` has another one. */
  | 'REVOKED';

/** A form that a workflow is written in. */
export type WorkflowForm =
  /** DAG-JSON: nodes that take the outputs of other nodes, and no expressions. */
  | 'DAG_JSON'
  /** Signalbox, as YAML. */
  | 'NATIVE';

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

export type AnnouncementsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type AnnouncementsSubscription = { readonly events: { readonly cursor: string, readonly events: ReadonlyArray<
      | { readonly __typename: 'AgentDelta', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'AgentMessage', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'ApprovalDecided', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'ApprovalRequested', readonly cursor: string, readonly runId: string, readonly approval: { readonly id: string, readonly reason: string, readonly mayDecide: boolean } }
      | { readonly __typename: 'ArtifactCreated', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'JobDispatched', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'JobEnded', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'LogLine', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'Notification', readonly level: LogLevel, readonly message: string, readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'PolicyDecided', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'RunCreated', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'RunStateChanged', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'SignalReceived', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'StepProgress', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'StepStateChanged', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'StepsAdded', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'ToolCalled', readonly cursor: string, readonly runId: string }
      | { readonly __typename: 'ToolReturned', readonly cursor: string, readonly runId: string }
    > } };

export type StartedRunsSubscriptionVariables = Exact<{
  ids: ReadonlyArray<string> | string;
}>;


export type StartedRunsSubscription = { readonly runsUpdated: { readonly runs: ReadonlyArray<{ readonly id: string, readonly state: RunState, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null } | null }> } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly subject: string, readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } | null, readonly server: { readonly signIn: SignInMethod } };

export type MayDecisionFragment = { readonly action: string, readonly effect: PolicyEffect, readonly reason: string, readonly rule: { readonly id: string } | null };

export type MayQueryVariables = Exact<{
  actions: ReadonlyArray<string> | string;
}>;


export type MayQuery = { readonly may: ReadonlyArray<{ readonly action: string, readonly effect: PolicyEffect, readonly reason: string, readonly rule: { readonly id: string } | null }> };

export type MayOnQueryVariables = Exact<{
  action: string;
  uri: string;
}>;


export type MayOnQuery = { readonly explainPolicy: { readonly action: string, readonly effect: PolicyEffect, readonly reason: string, readonly rule: { readonly id: string } | null } };

export type RefusedPartsFragment = { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null };

export type LogLinesFragment = { readonly cursor: string, readonly events: ReadonlyArray<
    | { readonly cursor: string, readonly seq: number, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
    | Record<PropertyKey, never>
  > };

export type LogPageQueryVariables = Exact<{
  runId: string;
  steps?: ReadonlyArray<string> | string | null | undefined;
  level?: LogLevel | null | undefined;
  text?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  fromSeq?: number | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  beforeSeq?: number | null | undefined;
}>;


export type LogPageQuery = { readonly run: { readonly logs: { readonly startCursor: string | null, readonly caughtUp: boolean, readonly cursor: string, readonly events: ReadonlyArray<
        | { readonly cursor: string, readonly seq: number, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
        | Record<PropertyKey, never>
      > } } | null };

export type LogAroundQueryVariables = Exact<{
  runId: string;
  steps?: ReadonlyArray<string> | string | null | undefined;
  level?: LogLevel | null | undefined;
  line: number;
}>;


export type LogAroundQuery = { readonly run: { readonly older: { readonly startCursor: string | null, readonly cursor: string, readonly events: ReadonlyArray<
        | { readonly cursor: string, readonly seq: number, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
        | Record<PropertyKey, never>
      > }, readonly newer: { readonly caughtUp: boolean, readonly cursor: string, readonly events: ReadonlyArray<
        | { readonly cursor: string, readonly seq: number, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
        | Record<PropertyKey, never>
      > } } | null };

export type LogFollowSubscriptionVariables = Exact<{
  runId: string;
  steps?: ReadonlyArray<string> | string | null | undefined;
  level?: LogLevel | null | undefined;
  after?: string | null | undefined;
}>;


export type LogFollowSubscription = { readonly events: { readonly cursor: string, readonly events: ReadonlyArray<
      | { readonly cursor: string, readonly seq: number, readonly at: string, readonly step: string | null, readonly level: LogLevel, readonly text: string }
      | Record<PropertyKey, never>
    > } };

export type LogCountsQueryVariables = Exact<{
  runId: string;
  steps?: ReadonlyArray<string> | string | null | undefined;
}>;


export type LogCountsQuery = { readonly run: { readonly all: number, readonly info: number, readonly warn: number, readonly error: number } | null };

export type LogMatchCountQueryVariables = Exact<{
  runId: string;
  steps?: ReadonlyArray<string> | string | null | undefined;
  level?: LogLevel | null | undefined;
  text: string;
  fromSeq?: number | null | undefined;
}>;


export type LogMatchCountQuery = { readonly run: { readonly logCount: number, readonly newest: { readonly events: ReadonlyArray<
        | { readonly seq: number }
        | Record<PropertyKey, never>
      > } } | null };

export type OpenApprovalsQueryVariables = Exact<{ [key: string]: never; }>;


export type OpenApprovalsQuery = { readonly approvals: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: ApprovalState }>, readonly pageInfo: { readonly hasNextPage: boolean } } };

export type PaletteQueryVariables = Exact<{
  text: string;
  hasText: boolean;
}>;


export type PaletteQuery = { readonly runs?: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string }> }, readonly workflows: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string }> } };

export type SignInMethodQueryVariables = Exact<{ [key: string]: never; }>;


export type SignInMethodQuery = { readonly server: { readonly signIn: SignInMethod }, readonly health: { readonly version: string } };

export type ApprovalRowFragment = { readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly mayDecide: boolean, readonly whyNot: string | null, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null, readonly principal: { readonly username: string } }, readonly call: { readonly tool: string } | null, readonly step: { readonly key: string, readonly title: string, readonly kind: StepKind, readonly does: string | null } };

export type ApprovalsQueryVariables = Exact<{
  state?: ApprovalState | null | undefined;
  mine?: boolean | null | undefined;
  after?: string | null | undefined;
}>;


export type ApprovalsQuery = { readonly approvals: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly mayDecide: boolean, readonly whyNot: string | null, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null, readonly principal: { readonly username: string } }, readonly call: { readonly tool: string } | null, readonly step: { readonly key: string, readonly title: string, readonly kind: StepKind, readonly does: string | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ApprovalQueryVariables = Exact<{
  id: string;
}>;


export type ApprovalQuery = { readonly node:
    | { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState, readonly reason: string, readonly roles: ReadonlyArray<string>, readonly mayDecide: boolean, readonly whyNot: string | null, readonly requestedAt: string, readonly expiresAt: string | null, readonly decidedAt: string | null, readonly comment: string | null, readonly call: { readonly arguments: unknown, readonly tool: string } | null, readonly step: { readonly input: unknown, readonly key: string, readonly title: string, readonly kind: StepKind, readonly does: string | null, readonly decision: { readonly action: string, readonly author: string | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly schema: string, readonly effect: PolicyEffect, readonly comment: string | null } | null } | null }, readonly decidedBy: { readonly username: string } | null, readonly run: { readonly id: string, readonly workflow: string | null, readonly goal: string | null, readonly principal: { readonly username: string } } }
    | Record<PropertyKey, never>
   | null };

export type DecideApprovalMutationVariables = Exact<{
  input: DecideApprovalInput;
}>;


export type DecideApprovalMutation = { readonly decideApproval:
    | { readonly __typename: 'Approval', readonly id: string, readonly state: ApprovalState }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type ComparedRunFragment = { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly workflowVersion: number | null, readonly goal: string | null, readonly inputs: unknown, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly principal: { readonly username: string }, readonly steps: ReadonlyArray<{ readonly key: string, readonly does: string | null, readonly state: StepState, readonly attempt: number, readonly durationMs: number | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null, readonly resource: { readonly digest: string, readonly size: number, readonly mediaType: string } | null }> };

export type CompareRunsQueryVariables = Exact<{
  a: string;
  b: string;
}>;


export type CompareRunsQuery = { readonly a: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly workflowVersion: number | null, readonly goal: string | null, readonly inputs: unknown, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly principal: { readonly username: string }, readonly steps: ReadonlyArray<{ readonly key: string, readonly does: string | null, readonly state: StepState, readonly attempt: number, readonly durationMs: number | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null, readonly resource: { readonly digest: string, readonly size: number, readonly mediaType: string } | null }> } | null, readonly b: { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly workflowVersion: number | null, readonly goal: string | null, readonly inputs: unknown, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly principal: { readonly username: string }, readonly steps: ReadonlyArray<{ readonly key: string, readonly does: string | null, readonly state: StepState, readonly attempt: number, readonly durationMs: number | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null, readonly resource: { readonly digest: string, readonly size: number, readonly mediaType: string } | null }> } | null };

export type CompareInputsQueryVariables = Exact<{
  a: string;
  b: string;
  key: string;
}>;


export type CompareInputsQuery = { readonly a: { readonly step: { readonly input: unknown } | null } | null, readonly b: { readonly step: { readonly input: unknown } | null } | null };

export type EditorWorkflowQueryVariables = Exact<{
  name: string;
}>;


export type EditorWorkflowQuery = { readonly workflow: { readonly id: string, readonly name: string, readonly version: number, readonly yaml: string } | null };

export type EditorProblemFragment = { readonly severity: Severity, readonly message: string, readonly step: string | null, readonly line: number | null, readonly column: number | null };

export type EditorValidationQueryVariables = Exact<{
  yaml: string;
}>;


export type EditorValidationQuery = { readonly validateWorkflow: { readonly valid: boolean, readonly problems: ReadonlyArray<{ readonly severity: Severity, readonly message: string, readonly step: string | null, readonly line: number | null, readonly column: number | null }>, readonly graph: { readonly nodes: ReadonlyArray<{ readonly key: string, readonly kind: StepKind, readonly title: string, readonly does: string | null, readonly forEach: boolean, readonly undoes: string | null, readonly repairs: string | null, readonly line: number | null }>, readonly edges: ReadonlyArray<{ readonly from: string, readonly to: string }> } | null, readonly decisions: ReadonlyArray<{ readonly step: string, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly rule: { readonly id: string } | null } }> } };

export type EditorConversionQueryVariables = Exact<{
  yaml: string;
  form: WorkflowForm;
}>;


export type EditorConversionQuery = { readonly convertWorkflow: { readonly text: string | null, readonly problems: ReadonlyArray<{ readonly severity: Severity, readonly message: string, readonly step: string | null, readonly line: number | null, readonly column: number | null }> } };

export type EditorNamesQueryVariables = Exact<{ [key: string]: never; }>;


export type EditorNamesQuery = { readonly catalog: { readonly commands: ReadonlyArray<{ readonly name: string }>, readonly queries: ReadonlyArray<{ readonly name: string }>, readonly tools: ReadonlyArray<{ readonly name: string }> } };

export type EditorOptionsQueryVariables = Exact<{ [key: string]: never; }>;


export type EditorOptionsQuery = { readonly catalog: { readonly commands: ReadonlyArray<{ readonly name: string, readonly options: unknown }>, readonly queries: ReadonlyArray<{ readonly name: string, readonly options: unknown }>, readonly tools: ReadonlyArray<{ readonly name: string, readonly options: unknown }> } };

export type SaveEditedWorkflowMutationVariables = Exact<{
  input: SaveWorkflowInput;
}>;


export type SaveEditedWorkflowMutation = { readonly saveWorkflow:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Workflow', readonly id: string, readonly name: string, readonly version: number, readonly yaml: string }
   };

export type FilesLineFragment = { readonly id: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly createdAt: string, readonly run: { readonly id: string, readonly kind: RunKind, readonly workflow: string | null, readonly goal: string | null } | null };

export type FilesQueryVariables = Exact<{
  filter?: ArtifactFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type FilesQuery = { readonly artifacts: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly createdAt: string, readonly run: { readonly id: string, readonly kind: RunKind, readonly workflow: string | null, readonly goal: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type FileQueryVariables = Exact<{
  id: string;
}>;


export type FileQuery = { readonly node:
    | { readonly __typename: 'Artifact', readonly url: string, readonly id: string, readonly name: string, readonly mediaType: string, readonly size: number, readonly createdAt: string, readonly step: { readonly key: string } | null, readonly resource: { readonly uri: string }, readonly run: { readonly id: string, readonly kind: RunKind, readonly workflow: string | null, readonly goal: string | null } | null }
    | Record<PropertyKey, never>
   | null };

export type PlayCatalogQueryVariables = Exact<{ [key: string]: never; }>;


export type PlayCatalogQuery = { readonly catalog: { readonly commands: ReadonlyArray<{ readonly name: string, readonly title: string, readonly description: string, readonly options: unknown }>, readonly tools: ReadonlyArray<{ readonly name: string, readonly title: string, readonly description: string, readonly options: unknown }>, readonly agentBackends: ReadonlyArray<{ readonly name: AgentBackend, readonly description: string, readonly config: unknown }>, readonly examples: ReadonlyArray<{ readonly name: string, readonly title: string, readonly description: string, readonly kind: ExampleKind, readonly text: string }> }, readonly workflows: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly description: string | null, readonly inputs: unknown }> } };

export type PlayDecisionQueryVariables = Exact<{
  action: string;
  uri?: string | null | undefined;
}>;


export type PlayDecisionQuery = { readonly explainPolicy: { readonly effect: PolicyEffect, readonly reason: string, readonly rule: { readonly id: string } | null } };

export type PlayRunQueryVariables = Exact<{
  id: string;
}>;


export type PlayRunQuery = { readonly run: { readonly id: string, readonly kind: RunKind, readonly text: string | null, readonly inputs: unknown, readonly workflowVersion: number | null, readonly steps: ReadonlyArray<{ readonly does: string | null, readonly input: unknown }> } | null };

export type PlayResultFragment = { readonly __typename: 'Run', readonly id: string, readonly state: RunState, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null } | null };

export type PlayExecuteMutationVariables = Exact<{
  input: ExecuteInput;
}>;


export type PlayExecuteMutation = { readonly execute:
    | { readonly __typename: 'CommandOutcome', readonly run: { readonly __typename: 'Run', readonly id: string, readonly state: RunState, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null } | null }, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly url: string | null } | null }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type PlayStartMutationVariables = Exact<{
  input: StartRunInput;
}>;


export type PlayStartMutation = { readonly startRun:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string, readonly state: RunState, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null } | null }
   };

export type PlayAgentMutationVariables = Exact<{
  input: RunAgentInput;
}>;


export type PlayAgentMutation = { readonly runAgent:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string, readonly state: RunState, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null } | null }
   };

export type PolicyRuleLineFragment = { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly schema: string, readonly effect: PolicyEffect, readonly obligation: string | null, readonly comment: string | null };

export type PolicyRulesQueryVariables = Exact<{ [key: string]: never; }>;


export type PolicyRulesQuery = { readonly policyRules: ReadonlyArray<{ readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly schema: string, readonly effect: PolicyEffect, readonly obligation: string | null, readonly comment: string | null }> };

export type PolicyTextQueryVariables = Exact<{ [key: string]: never; }>;


export type PolicyTextQuery = { readonly policySource: { readonly text: string, readonly roles: ReadonlyArray<string>, readonly snapshot: string } };

export type PolicyAnswerFragment = { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly schema: string, readonly effect: PolicyEffect, readonly obligation: string | null, readonly comment: string | null } | null };

export type PolicyExplainQueryVariables = Exact<{
  input: ExplainPolicyInput;
}>;


export type PolicyExplainQuery = { readonly explainPolicy: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly nearMisses: ReadonlyArray<{ readonly missed: string, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly schema: string, readonly effect: PolicyEffect, readonly obligation: string | null, readonly comment: string | null } }>, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly schema: string, readonly effect: PolicyEffect, readonly obligation: string | null, readonly comment: string | null } | null } };

export type PolicySimulateQueryVariables = Exact<{
  rules: string;
  since?: string | null | undefined;
}>;


export type PolicySimulateQuery = { readonly simulatePolicy: { readonly decisions: number, readonly changed: number, readonly from: string | null, readonly problems: ReadonlyArray<{ readonly line: number | null, readonly message: string }>, readonly changes: ReadonlyArray<{ readonly count: number, readonly lastAt: string, readonly lastRun: { readonly id: string, readonly workflow: string | null, readonly goal: string | null, readonly kind: RunKind } | null, readonly before: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly schema: string, readonly effect: PolicyEffect, readonly obligation: string | null, readonly comment: string | null } | null }, readonly after: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly schema: string, readonly effect: PolicyEffect, readonly obligation: string | null, readonly comment: string | null } | null } }> } };

export type AgentBeginQueryVariables = Exact<{
  runId: string;
}>;


export type AgentBeginQuery = { readonly run: { readonly events: { readonly cursor: string } } | null };

export type AgentTalkSubscriptionVariables = Exact<{
  runId: string;
  step: string;
  after?: string | null | undefined;
}>;


export type AgentTalkSubscription = { readonly events: { readonly cursor: string, readonly events: ReadonlyArray<
      | { readonly __typename: 'AgentDelta', readonly text: string, readonly seq: number, readonly at: string }
      | { readonly __typename: 'AgentMessage', readonly role: string, readonly text: string, readonly seq: number, readonly at: string, readonly usage: { readonly input: number, readonly output: number } | null }
      | { readonly __typename: 'ApprovalDecided', readonly seq: number, readonly at: string, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly call: { readonly id: string, readonly tool: string, readonly arguments: unknown } | null } }
      | { readonly __typename: 'ApprovalRequested', readonly seq: number, readonly at: string, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly call: { readonly id: string, readonly tool: string, readonly arguments: unknown } | null } }
      | { readonly __typename: 'ArtifactCreated', readonly seq: number, readonly at: string }
      | { readonly __typename: 'JobDispatched', readonly seq: number, readonly at: string }
      | { readonly __typename: 'JobEnded', readonly seq: number, readonly at: string }
      | { readonly __typename: 'LogLine', readonly seq: number, readonly at: string }
      | { readonly __typename: 'Notification', readonly seq: number, readonly at: string }
      | { readonly __typename: 'PolicyDecided', readonly seq: number, readonly at: string }
      | { readonly __typename: 'RunCreated', readonly seq: number, readonly at: string }
      | { readonly __typename: 'RunStateChanged', readonly seq: number, readonly at: string }
      | { readonly __typename: 'SignalReceived', readonly seq: number, readonly at: string }
      | { readonly __typename: 'StepProgress', readonly seq: number, readonly at: string }
      | { readonly __typename: 'StepStateChanged', readonly seq: number, readonly at: string }
      | { readonly __typename: 'StepsAdded', readonly seq: number, readonly at: string }
      | { readonly __typename: 'ToolCalled', readonly seq: number, readonly at: string, readonly call: { readonly id: string, readonly tool: string, readonly arguments: unknown } }
      | { readonly __typename: 'ToolReturned', readonly seq: number, readonly at: string, readonly call: { readonly id: string, readonly tool: string, readonly arguments: unknown, readonly result: unknown, readonly durationMs: number | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null } }
    > } };

export type RunFactsQueryVariables = Exact<{
  id: string;
}>;


export type RunFactsQuery = { readonly run: { readonly id: string, readonly kind: RunKind, readonly workflow: string | null, readonly workflowVersion: number | null, readonly labels: unknown, readonly traceId: string, readonly createdAt: string, readonly principal: { readonly username: string }, readonly parent: { readonly id: string, readonly workflow: string | null, readonly goal: string | null } | null, readonly rerunOf: { readonly id: string } | null, readonly reruns: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: RunState, readonly createdAt: string }> }, readonly usage: { readonly input: number, readonly output: number, readonly limit: number | null } | null, readonly waitsFor: { readonly reason: FlowWaitReason, readonly key: string, readonly limit: number | null, readonly ahead: number, readonly notBefore: string } | null, readonly steps: ReadonlyArray<{ readonly key: string, readonly does: string | null }> } | null };

export type RunPayloadQueryVariables = Exact<{
  id: string;
}>;


export type RunPayloadQuery = { readonly run: { readonly inputs: unknown, readonly outputs: ReadonlyArray<{ readonly name: string, readonly value: unknown, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly url: string | null } | null }>, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly url: string | null } | null } | null };

export type RunVerificationQueryVariables = Exact<{
  id: string;
}>;


export type RunVerificationQuery = { readonly verifyRun: { readonly valid: boolean, readonly events: number, readonly firstInvalidSeq: number | null, readonly problems: ReadonlyArray<string>, readonly checkpoint: { readonly size: number } | null } };

export type StepDetailQueryVariables = Exact<{
  id: string;
  key: string;
}>;


export type StepDetailQuery = { readonly run: { readonly step: { readonly key: string, readonly input: unknown, readonly worker: string | null, readonly resource: { readonly uri: string, readonly mediaType: string, readonly size: number, readonly url: string | null } | null, readonly decision: { readonly effect: PolicyEffect, readonly reason: string, readonly action: string, readonly canonicalUri: string | null, readonly roles: ReadonlyArray<string>, readonly author: string | null, readonly snapshot: string, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly uri: string, readonly effect: PolicyEffect, readonly comment: string | null } | null } | null, readonly usage: { readonly input: number, readonly output: number } | null, readonly childRun: { readonly id: string, readonly state: RunState } | null, readonly repair: { readonly step: string, readonly round: number, readonly error: { readonly code: ErrorCode, readonly message: string } } | null } | null } | null };

export type StepToolsQueryVariables = Exact<{
  id: string;
  key: string;
}>;


export type StepToolsQuery = { readonly run: { readonly step: { readonly toolCalls: ReadonlyArray<{ readonly id: string, readonly tool: string, readonly arguments: unknown, readonly result: unknown, readonly durationMs: number | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null }> } | null } | null };

export type StepItemsQueryVariables = Exact<{
  id: string;
  key: string;
  state?: ReadonlyArray<StepState> | StepState | null | undefined;
  after?: string | null | undefined;
}>;


export type StepItemsQuery = { readonly run: { readonly step: { readonly items: { readonly nodes: ReadonlyArray<{ readonly key: string, readonly state: StepState, readonly attempt: number, readonly startedAt: string | null, readonly finishedAt: string | null, readonly error: { readonly code: ErrorCode, readonly message: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null } | null };

export type StepHistoryQueryVariables = Exact<{
  id: string;
  key: string;
}>;


export type StepHistoryQuery = { readonly run: { readonly events: { readonly events: ReadonlyArray<
        | { readonly __typename: 'AgentDelta', readonly seq: number, readonly at: string }
        | { readonly __typename: 'AgentMessage', readonly seq: number, readonly at: string }
        | { readonly __typename: 'ApprovalDecided', readonly seq: number, readonly at: string }
        | { readonly __typename: 'ApprovalRequested', readonly seq: number, readonly at: string }
        | { readonly __typename: 'ArtifactCreated', readonly seq: number, readonly at: string }
        | { readonly __typename: 'JobDispatched', readonly seq: number, readonly at: string }
        | { readonly __typename: 'JobEnded', readonly seq: number, readonly at: string }
        | { readonly __typename: 'LogLine', readonly seq: number, readonly at: string }
        | { readonly __typename: 'Notification', readonly seq: number, readonly at: string }
        | { readonly __typename: 'PolicyDecided', readonly seq: number, readonly at: string }
        | { readonly __typename: 'RunCreated', readonly seq: number, readonly at: string }
        | { readonly __typename: 'RunStateChanged', readonly seq: number, readonly at: string }
        | { readonly __typename: 'SignalReceived', readonly seq: number, readonly at: string }
        | { readonly __typename: 'StepProgress', readonly seq: number, readonly at: string }
        | { readonly __typename: 'StepStateChanged', readonly from: StepState, readonly to: StepState, readonly attempt: number, readonly seq: number, readonly at: string, readonly error: { readonly code: ErrorCode, readonly message: string } | null }
        | { readonly __typename: 'StepsAdded', readonly seq: number, readonly at: string }
        | { readonly __typename: 'ToolCalled', readonly seq: number, readonly at: string }
        | { readonly __typename: 'ToolReturned', readonly seq: number, readonly at: string }
      > } } | null };

export type StepLastLinesQueryVariables = Exact<{
  id: string;
  key: string;
}>;


export type StepLastLinesQuery = { readonly run: { readonly step: { readonly logs: { readonly events: ReadonlyArray<
          | { readonly __typename: 'AgentDelta', readonly seq: number }
          | { readonly __typename: 'AgentMessage', readonly seq: number }
          | { readonly __typename: 'ApprovalDecided', readonly seq: number }
          | { readonly __typename: 'ApprovalRequested', readonly seq: number }
          | { readonly __typename: 'ArtifactCreated', readonly seq: number }
          | { readonly __typename: 'JobDispatched', readonly seq: number }
          | { readonly __typename: 'JobEnded', readonly seq: number }
          | { readonly __typename: 'LogLine', readonly text: string, readonly level: LogLevel, readonly seq: number }
          | { readonly __typename: 'Notification', readonly seq: number }
          | { readonly __typename: 'PolicyDecided', readonly seq: number }
          | { readonly __typename: 'RunCreated', readonly seq: number }
          | { readonly __typename: 'RunStateChanged', readonly seq: number }
          | { readonly __typename: 'SignalReceived', readonly seq: number }
          | { readonly __typename: 'StepProgress', readonly seq: number }
          | { readonly __typename: 'StepStateChanged', readonly seq: number }
          | { readonly __typename: 'StepsAdded', readonly seq: number }
          | { readonly __typename: 'ToolCalled', readonly seq: number }
          | { readonly __typename: 'ToolReturned', readonly seq: number }
        > } } | null } | null };

export type ChangedRunFragment = { readonly __typename: 'Run', readonly id: string, readonly state: RunState };

export type CancelOneRunMutationVariables = Exact<{
  input: CancelRunInput;
}>;


export type CancelOneRunMutation = { readonly cancelRun:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string, readonly state: RunState }
   };

export type RetryOneStepMutationVariables = Exact<{
  input: RetryStepInput;
}>;


export type RetryOneStepMutation = { readonly retryStep:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string, readonly state: RunState }
   };

export type RerunFromStepMutationVariables = Exact<{
  input: RerunFromInput;
}>;


export type RerunFromStepMutation = { readonly rerunFrom:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string, readonly state: RunState }
   };

export type StepTimesBeginQueryVariables = Exact<{
  runId: string;
}>;


export type StepTimesBeginQuery = { readonly run: { readonly events: { readonly cursor: string } } | null };

export type StepTimesSubscriptionVariables = Exact<{
  runId: string;
  steps?: ReadonlyArray<string> | string | null | undefined;
  after?: string | null | undefined;
}>;


export type StepTimesSubscription = { readonly events: { readonly cursor: string, readonly caughtUp: boolean, readonly events: ReadonlyArray<
      | { readonly __typename: 'AgentDelta', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'AgentMessage', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'ApprovalDecided', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'ApprovalRequested', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'ArtifactCreated', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'JobDispatched', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'JobEnded', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'LogLine', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'Notification', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'PolicyDecided', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'RunCreated', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'RunStateChanged', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'SignalReceived', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'StepProgress', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'StepStateChanged', readonly to: StepState, readonly attempt: number, readonly scheduledAt: string | null, readonly startedAt: string | null, readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'StepsAdded', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'ToolCalled', readonly seq: number, readonly at: string, readonly step: string | null }
      | { readonly __typename: 'ToolReturned', readonly seq: number, readonly at: string, readonly step: string | null }
    > } };

export type RunListQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  first?: number | null | undefined;
}>;


export type RunListQuery = { readonly runs: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly labels: unknown, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly principal: { readonly username: string }, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type RunBarsQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  from: string;
  to: string;
  buckets: number;
}>;


export type RunBarsQuery = { readonly runStats: { readonly total: number, readonly byState: ReadonlyArray<{ readonly state: RunState, readonly count: number }>, readonly buckets: ReadonlyArray<{ readonly at: string, readonly byState: ReadonlyArray<{ readonly state: RunState, readonly count: number }> }> } };

export type RunRowDetailsQueryVariables = Exact<{
  ids: ReadonlyArray<string> | string;
}>;


export type RunRowDetailsQuery = { readonly nodes: ReadonlyArray<
    | { readonly id: string, readonly waitsFor: { readonly reason: FlowWaitReason, readonly key: string, readonly ahead: number } | null, readonly steps: ReadonlyArray<{ readonly key: string, readonly kind: StepKind, readonly does: string | null, readonly state: StepState, readonly wakeAt: string | null, readonly approval: { readonly id: string, readonly state: ApprovalState, readonly roles: ReadonlyArray<string> } | null }> }
    | Record<PropertyKey, never>
   | null> };

export type RunCountQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
}>;


export type RunCountQuery = { readonly runs: { readonly totalCount: number, readonly totalCountIsExact: boolean } };

export type RunCompletionsQueryVariables = Exact<{ [key: string]: never; }>;


export type RunCompletionsQuery = { readonly workflows: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string }> } };

export type SavedViewPartsFragment = { readonly __typename: 'SavedView', readonly id: string, readonly name: string, readonly state: string, readonly shared: boolean, readonly savedBy: { readonly username: string } };

export type RunViewsQueryVariables = Exact<{ [key: string]: never; }>;


export type RunViewsQuery = { readonly savedViews: ReadonlyArray<{ readonly __typename: 'SavedView', readonly id: string, readonly name: string, readonly state: string, readonly shared: boolean, readonly savedBy: { readonly username: string } }> };

export type SaveRunViewMutationVariables = Exact<{
  input: SaveViewInput;
}>;


export type SaveRunViewMutation = { readonly saveView:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'SavedView', readonly id: string, readonly name: string, readonly state: string, readonly shared: boolean, readonly savedBy: { readonly username: string } }
   };

export type DeleteRunViewMutationVariables = Exact<{
  id: string;
}>;


export type DeleteRunViewMutation = { readonly deleteView:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'SavedView', readonly id: string, readonly name: string, readonly state: string, readonly shared: boolean, readonly savedBy: { readonly username: string } }
   };

export type SchedulesLineFragment = { readonly cron: string, readonly timeZone: string, readonly overlap: string, readonly catchUp: string, readonly paused: boolean, readonly nextAt: string | null, readonly workflow: { readonly name: string }, readonly principal: { readonly username: string }, readonly lastRun: { readonly id: string, readonly state: RunState, readonly createdAt: string } | null };

export type SchedulesQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type SchedulesQuery = { readonly schedules: { readonly nodes: ReadonlyArray<{ readonly cron: string, readonly timeZone: string, readonly overlap: string, readonly catchUp: string, readonly paused: boolean, readonly nextAt: string | null, readonly workflow: { readonly name: string }, readonly principal: { readonly username: string }, readonly lastRun: { readonly id: string, readonly state: RunState, readonly createdAt: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type SchedulePauseMutationVariables = Exact<{
  name: string;
}>;


export type SchedulePauseMutation = { readonly pauseSchedule:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Schedule', readonly paused: boolean }
   };

export type ScheduleResumeMutationVariables = Exact<{
  name: string;
}>;


export type ScheduleResumeMutation = { readonly resumeSchedule:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Schedule', readonly paused: boolean }
   };

export type ScheduleRunNowMutationVariables = Exact<{
  name: string;
}>;


export type ScheduleRunNowMutation = { readonly startRun:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string }
   };

export type SettingsTokenFragment = { readonly id: string, readonly name: string, readonly roles: ReadonlyArray<string>, readonly createdAt: string, readonly expiresAt: string, readonly lastUsedAt: string | null };

export type SettingsTokensQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type SettingsTokensQuery = { readonly apiTokens: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly roles: ReadonlyArray<string>, readonly createdAt: string, readonly expiresAt: string, readonly lastUsedAt: string | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type SettingsCreateTokenMutationVariables = Exact<{
  input: CreateApiTokenInput;
}>;


export type SettingsCreateTokenMutation = { readonly createApiToken:
    | { readonly __typename: 'NewApiToken', readonly token: string }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type SettingsRevokeTokenMutationVariables = Exact<{
  id: string;
}>;


export type SettingsRevokeTokenMutation = { readonly revokeApiToken:
    | { readonly __typename: 'ApiToken', readonly id: string }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type SettingsAccountFragment = { readonly __typename: 'Account', readonly subject: string, readonly username: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean };

export type SettingsAccountsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type SettingsAccountsQuery = { readonly accounts: { readonly nodes: ReadonlyArray<{ readonly __typename: 'Account', readonly subject: string, readonly username: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type SettingsCreateAccountMutationVariables = Exact<{
  input: CreateAccountInput;
}>;


export type SettingsCreateAccountMutation = { readonly createAccount:
    | { readonly __typename: 'Account', readonly subject: string, readonly username: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type SettingsUpdateAccountMutationVariables = Exact<{
  input: UpdateAccountInput;
}>;


export type SettingsUpdateAccountMutation = { readonly updateAccount:
    | { readonly __typename: 'Account', readonly subject: string, readonly username: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type SettingsSetPasswordMutationVariables = Exact<{
  input: SetPasswordInput;
}>;


export type SettingsSetPasswordMutation = { readonly setPassword:
    | { readonly __typename: 'Account', readonly subject: string, readonly username: string, readonly roles: ReadonlyArray<string>, readonly disabled: boolean }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type SettingsWebhookFragment = { readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly workflow: string | null, readonly failingSince: string | null, readonly disabledAt: string | null, readonly disabledReason: WebhookDisabledReason | null, readonly owner: { readonly username: string } };

export type SettingsWebhooksQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type SettingsWebhooksQuery = { readonly webhooks: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly workflow: string | null, readonly failingSince: string | null, readonly disabledAt: string | null, readonly disabledReason: WebhookDisabledReason | null, readonly owner: { readonly username: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type SettingsDeliveryFragment = { readonly id: string, readonly event: WebhookEvent, readonly state: WebhookDeliveryState, readonly attempts: number, readonly createdAt: string, readonly nextAt: string | null, readonly lastStatus: number | null, readonly lastError: string | null, readonly run: { readonly id: string, readonly kind: RunKind, readonly workflow: string | null, readonly goal: string | null } | null };

export type SettingsDeliveriesQueryVariables = Exact<{
  id: string;
  state?: WebhookDeliveryState | null | undefined;
  after?: string | null | undefined;
}>;


export type SettingsDeliveriesQuery = { readonly node:
    | { readonly __typename: 'Webhook', readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly workflow: string | null, readonly failingSince: string | null, readonly disabledAt: string | null, readonly disabledReason: WebhookDisabledReason | null, readonly deliveries: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly event: WebhookEvent, readonly state: WebhookDeliveryState, readonly attempts: number, readonly createdAt: string, readonly nextAt: string | null, readonly lastStatus: number | null, readonly lastError: string | null, readonly run: { readonly id: string, readonly kind: RunKind, readonly workflow: string | null, readonly goal: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } }, readonly owner: { readonly username: string } }
    | Record<PropertyKey, never>
   | null };

export type SettingsRedeliverMutationVariables = Exact<{
  id: string;
}>;


export type SettingsRedeliverMutation = { readonly redeliverWebhook:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'WebhookDelivery', readonly id: string }
   };

export type SettingsEnableWebhookMutationVariables = Exact<{
  id: string;
}>;


export type SettingsEnableWebhookMutation = { readonly enableWebhook:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Webhook', readonly id: string }
   };

export type SettingsCreateWebhookMutationVariables = Exact<{
  input: CreateWebhookInput;
}>;


export type SettingsCreateWebhookMutation = { readonly createWebhook:
    | { readonly __typename: 'CreatedWebhook', readonly secret: string }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type SettingsDeleteWebhookMutationVariables = Exact<{
  id: string;
}>;


export type SettingsDeleteWebhookMutation = { readonly deleteWebhook:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Webhook', readonly id: string }
   };

export type SettingsSecretsQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsSecretsQuery = { readonly secretNames: ReadonlyArray<string> };

export type SettingsQuotasQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsQuotasQuery = { readonly quotas: ReadonlyArray<{ readonly name: string, readonly description: string, readonly unit: string, readonly scope: QuotaScope, readonly holder: string, readonly limit: number, readonly used: number }> };

export type SettingsServerQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsServerQuery = { readonly server: { readonly signIn: SignInMethod, readonly publicUrl: string | null }, readonly health: { readonly status: HealthStatus, readonly version: string, readonly uptimeMs: number, readonly checks: ReadonlyArray<{ readonly name: string, readonly status: HealthStatus, readonly detail: string | null }> } };

export type WorkersLineFragment = { readonly id: string, readonly pool: string, readonly region: string, readonly type: string, readonly capabilities: ReadonlyArray<string>, readonly labels: unknown, readonly topics: ReadonlyArray<string>, readonly sdkVersion: string | null, readonly activeJobs: number, readonly maxParallelJobs: number | null, readonly cpuLoad: number, readonly gpuLoad: number, readonly memoryLoad: number, readonly lastHeartbeatAt: string | null, readonly alive: boolean, readonly drained: boolean, readonly revoked: boolean, readonly progress: { readonly percent: number, readonly memo: string, readonly at: string } | null };

export type WorkersLoadQueryVariables = Exact<{ [key: string]: never; }>;


export type WorkersLoadQuery = { readonly server: { readonly load: { readonly nodes: number, readonly queued: number, readonly slots: ReadonlyArray<{ readonly kind: StepKind | null, readonly limit: number, readonly used: number }> } | null } };

export type WorkersQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WorkersQuery = { readonly workers: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly pool: string, readonly region: string, readonly type: string, readonly capabilities: ReadonlyArray<string>, readonly labels: unknown, readonly topics: ReadonlyArray<string>, readonly sdkVersion: string | null, readonly activeJobs: number, readonly maxParallelJobs: number | null, readonly cpuLoad: number, readonly gpuLoad: number, readonly memoryLoad: number, readonly lastHeartbeatAt: string | null, readonly alive: boolean, readonly drained: boolean, readonly revoked: boolean, readonly progress: { readonly percent: number, readonly memo: string, readonly at: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type WorkersUpdatedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WorkersUpdatedSubscription = { readonly workerUpdated: { readonly id: string, readonly pool: string, readonly region: string, readonly type: string, readonly capabilities: ReadonlyArray<string>, readonly labels: unknown, readonly topics: ReadonlyArray<string>, readonly sdkVersion: string | null, readonly activeJobs: number, readonly maxParallelJobs: number | null, readonly cpuLoad: number, readonly gpuLoad: number, readonly memoryLoad: number, readonly lastHeartbeatAt: string | null, readonly alive: boolean, readonly drained: boolean, readonly revoked: boolean, readonly progress: { readonly percent: number, readonly memo: string, readonly at: string } | null } };

export type WorkersRestrictionsQueryVariables = Exact<{ [key: string]: never; }>;


export type WorkersRestrictionsQuery = { readonly workerRestrictions: ReadonlyArray<{ readonly kind: WorkerRestrictionKind, readonly workerId: string, readonly key: string | null, readonly decidedBy: string, readonly decidedAt: string }> };

export type WorkersDrainMutationVariables = Exact<{
  id: string;
  drained: boolean;
}>;


export type WorkersDrainMutation = { readonly drainWorker:
    | { readonly __typename: 'DrainedWorker', readonly id: string, readonly drained: boolean }
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
   };

export type WorkersRevokeMutationVariables = Exact<{
  id: string;
}>;


export type WorkersRevokeMutation = { readonly revokeWorkerKey:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'WorkerRestriction', readonly workerId: string }
   };

export type WorkersLetterFragment = { readonly id: string, readonly at: string, readonly jobId: string, readonly topic: string | null, readonly reason: string, readonly message: string, readonly sender: string, readonly request: unknown, readonly run: { readonly id: string } | null };

export type WorkersLettersQueryVariables = Exact<{
  reason?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type WorkersLettersQuery = { readonly deadLetters: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly at: string, readonly jobId: string, readonly topic: string | null, readonly reason: string, readonly message: string, readonly sender: string, readonly request: unknown, readonly run: { readonly id: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type WorkersReplayMutationVariables = Exact<{
  id: string;
}>;


export type WorkersReplayMutation = { readonly replayDeadLetter:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string }
   };

export type WorkflowLineFragment = { readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly createdAt: string, readonly createdBy: { readonly username: string }, readonly schedule: { readonly cron: string, readonly timeZone: string, readonly paused: boolean, readonly nextAt: string | null } | null, readonly webhook: { readonly path: string } | null };

export type WorkflowRunLineFragment = { readonly id: string, readonly state: RunState, readonly goal: string | null, readonly workflowVersion: number | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly principal: { readonly username: string }, readonly error: { readonly code: ErrorCode, readonly message: string } | null };

export type WorkflowListQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WorkflowListQuery = { readonly workflows: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly createdAt: string, readonly runs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: RunState, readonly createdAt: string }> }, readonly createdBy: { readonly username: string }, readonly schedule: { readonly cron: string, readonly timeZone: string, readonly paused: boolean, readonly nextAt: string | null } | null, readonly webhook: { readonly path: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type WorkflowProblemsQueryVariables = Exact<{
  name: string;
}>;


export type WorkflowProblemsQuery = { readonly validateWorkflow: { readonly problems: ReadonlyArray<{ readonly severity: Severity, readonly message: string }> } };

export type WorkflowPageQueryVariables = Exact<{
  name: string;
  version?: number | null | undefined;
}>;


export type WorkflowPageQuery = { readonly workflow: { readonly yaml: string, readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly createdAt: string, readonly webhook: { readonly path: string, readonly scheme: WebhookScheme, readonly secrets: ReadonlyArray<string> } | null, readonly parts: ReadonlyArray<{ readonly name: string, readonly version: number }>, readonly graph: { readonly nodes: ReadonlyArray<{ readonly key: string, readonly kind: StepKind, readonly title: string, readonly does: string | null, readonly forEach: boolean, readonly undoes: string | null, readonly repairs: string | null, readonly line: number | null }>, readonly edges: ReadonlyArray<{ readonly from: string, readonly to: string }> }, readonly createdBy: { readonly username: string }, readonly schedule: { readonly cron: string, readonly timeZone: string, readonly paused: boolean, readonly nextAt: string | null } | null } | null, readonly newest: { readonly id: string, readonly version: number } | null };

export type WorkflowNodeFragment = { readonly key: string, readonly kind: StepKind, readonly title: string, readonly does: string | null, readonly forEach: boolean, readonly undoes: string | null, readonly repairs: string | null, readonly line: number | null };

export type WorkflowVersionsQueryVariables = Exact<{
  name: string;
  after?: string | null | undefined;
}>;


export type WorkflowVersionsQuery = { readonly workflow: { readonly id: string, readonly versions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly version: number, readonly createdAt: string, readonly createdBy: { readonly username: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type WorkflowRunsQueryVariables = Exact<{
  name: string;
  after?: string | null | undefined;
}>;


export type WorkflowRunsQuery = { readonly workflow: { readonly id: string, readonly runs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: RunState, readonly goal: string | null, readonly workflowVersion: number | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly principal: { readonly username: string }, readonly error: { readonly code: ErrorCode, readonly message: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type WorkflowFormQueryVariables = Exact<{
  name: string;
}>;


export type WorkflowFormQuery = { readonly workflow: { readonly id: string, readonly name: string, readonly version: number, readonly description: string | null, readonly inputs: unknown } | null };

export type WorkflowTextsQueryVariables = Exact<{
  name: string;
  a: number;
  b: number;
}>;


export type WorkflowTextsQuery = { readonly a: { readonly id: string, readonly version: number, readonly yaml: string, readonly createdAt: string, readonly createdBy: { readonly username: string } } | null, readonly b: { readonly id: string, readonly version: number, readonly yaml: string, readonly createdAt: string, readonly createdBy: { readonly username: string } } | null };

export type WorkflowTextFragment = { readonly id: string, readonly version: number, readonly yaml: string, readonly createdAt: string, readonly createdBy: { readonly username: string } };

export type StartWorkflowMutationVariables = Exact<{
  input: StartRunInput;
}>;


export type StartWorkflowMutation = { readonly startRun:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Run', readonly id: string }
   };

export type DeleteSavedWorkflowMutationVariables = Exact<{
  input: DeleteWorkflowInput;
}>;


export type DeleteSavedWorkflowMutation = { readonly deleteWorkflow:
    | { readonly __typename: 'Refusal', readonly code: ErrorCode, readonly message: string, readonly decision: { readonly reason: string, readonly rule: { readonly id: string } | null } | null }
    | { readonly __typename: 'Workflow', readonly id: string }
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
export const MayDecisionFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment MayDecision on PolicyDecision{action effect reason rule{id}}`, {"fragmentName":"MayDecision"}) as unknown as TypedDocumentString<MayDecisionFragment, unknown>;
export const RefusedPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`, {"fragmentName":"RefusedParts"}) as unknown as TypedDocumentString<RefusedPartsFragment, unknown>;
export const LogLinesFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment LogLines on EventBatch{cursor events{...on LogLine{cursor seq at step level text}}}`, {"fragmentName":"LogLines"}) as unknown as TypedDocumentString<LogLinesFragment, unknown>;
export const ApprovalRowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ApprovalRow on Approval{id state reason roles mayDecide whyNot requestedAt expiresAt decidedAt decidedBy{username}comment run{id workflow goal principal{username}}call{tool}step{key title kind does}}`, {"fragmentName":"ApprovalRow"}) as unknown as TypedDocumentString<ApprovalRowFragment, unknown>;
export const ComparedRunFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ComparedRun on Run{id kind state workflow workflowVersion goal inputs createdAt startedAt finishedAt principal{username}steps{key does state attempt durationMs error{code message}resource{digest size mediaType}}}`, {"fragmentName":"ComparedRun"}) as unknown as TypedDocumentString<ComparedRunFragment, unknown>;
export const EditorProblemFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment EditorProblem on WorkflowProblem{severity message step line column}`, {"fragmentName":"EditorProblem"}) as unknown as TypedDocumentString<EditorProblemFragment, unknown>;
export const FilesLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment FilesLine on Artifact{id name mediaType size createdAt run{id kind workflow goal}}`, {"fragmentName":"FilesLine"}) as unknown as TypedDocumentString<FilesLineFragment, unknown>;
export const PlayResultFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment PlayResult on Run{__typename id state error{code message step}startedAt finishedAt}`, {"fragmentName":"PlayResult"}) as unknown as TypedDocumentString<PlayResultFragment, unknown>;
export const PolicyRuleLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment PolicyRuleLine on PolicyRule{id role action uri schema effect obligation comment}`, {"fragmentName":"PolicyRuleLine"}) as unknown as TypedDocumentString<PolicyRuleLineFragment, unknown>;
export const PolicyAnswerFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment PolicyAnswer on PolicyDecision{effect reason action canonicalUri roles author rule{...PolicyRuleLine}}fragment PolicyRuleLine on PolicyRule{id role action uri schema effect obligation comment}`, {"fragmentName":"PolicyAnswer"}) as unknown as TypedDocumentString<PolicyAnswerFragment, unknown>;
export const ChangedRunFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment ChangedRun on Run{__typename id state}`, {"fragmentName":"ChangedRun"}) as unknown as TypedDocumentString<ChangedRunFragment, unknown>;
export const SavedViewPartsFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SavedViewParts on SavedView{__typename id name state shared savedBy{username}}`, {"fragmentName":"SavedViewParts"}) as unknown as TypedDocumentString<SavedViewPartsFragment, unknown>;
export const SchedulesLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SchedulesLine on Schedule{workflow{name}cron timeZone overlap catchUp principal{username}paused nextAt lastRun{id state createdAt}}`, {"fragmentName":"SchedulesLine"}) as unknown as TypedDocumentString<SchedulesLineFragment, unknown>;
export const SettingsTokenFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SettingsToken on ApiToken{id name roles createdAt expiresAt lastUsedAt}`, {"fragmentName":"SettingsToken"}) as unknown as TypedDocumentString<SettingsTokenFragment, unknown>;
export const SettingsAccountFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SettingsAccount on Account{__typename subject username roles disabled}`, {"fragmentName":"SettingsAccount"}) as unknown as TypedDocumentString<SettingsAccountFragment, unknown>;
export const SettingsWebhookFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SettingsWebhook on Webhook{id url events workflow owner{username}failingSince disabledAt disabledReason}`, {"fragmentName":"SettingsWebhook"}) as unknown as TypedDocumentString<SettingsWebhookFragment, unknown>;
export const SettingsDeliveryFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment SettingsDelivery on WebhookDelivery{id event run{id kind workflow goal}state attempts createdAt nextAt lastStatus lastError}`, {"fragmentName":"SettingsDelivery"}) as unknown as TypedDocumentString<SettingsDeliveryFragment, unknown>;
export const WorkersLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkersLine on Worker{id pool region type capabilities labels topics sdkVersion activeJobs maxParallelJobs cpuLoad gpuLoad memoryLoad progress{percent memo at}lastHeartbeatAt alive drained revoked}`, {"fragmentName":"WorkersLine"}) as unknown as TypedDocumentString<WorkersLineFragment, unknown>;
export const WorkersLetterFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkersLetter on DeadLetter{id at jobId topic reason message sender request run{id}}`, {"fragmentName":"WorkersLetter"}) as unknown as TypedDocumentString<WorkersLetterFragment, unknown>;
export const WorkflowLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkflowLine on Workflow{id name version description createdAt createdBy{username}schedule{cron timeZone paused nextAt}webhook{path}}`, {"fragmentName":"WorkflowLine"}) as unknown as TypedDocumentString<WorkflowLineFragment, unknown>;
export const WorkflowRunLineFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkflowRunLine on Run{id state goal workflowVersion principal{username}error{code message}createdAt startedAt finishedAt}`, {"fragmentName":"WorkflowRunLine"}) as unknown as TypedDocumentString<WorkflowRunLineFragment, unknown>;
export const WorkflowNodeFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkflowNode on GraphNode{key kind title does forEach undoes repairs line}`, {"fragmentName":"WorkflowNode"}) as unknown as TypedDocumentString<WorkflowNodeFragment, unknown>;
export const WorkflowTextFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment WorkflowText on Workflow{id version yaml createdAt createdBy{username}}`, {"fragmentName":"WorkflowText"}) as unknown as TypedDocumentString<WorkflowTextFragment, unknown>;
export const AnnouncementsDocument = /* @__PURE__ */ new TypedDocumentString(`subscription Announcements($after:Cursor){events(filter:{types:[APPROVAL_REQUESTED,APPROVAL_DECIDED,NOTIFICATION]}after:$after){cursor events{__typename cursor runId...on Notification{level message}...on ApprovalRequested{approval{id reason mayDecide}}}}}`) as unknown as TypedDocumentString<AnnouncementsSubscription, AnnouncementsSubscriptionVariables>;
export const StartedRunsDocument = /* @__PURE__ */ new TypedDocumentString(`subscription StartedRuns($ids:[ID!]!){runsUpdated(ids:$ids){runs{id state startedAt finishedAt error{code message step}}}}`) as unknown as TypedDocumentString<StartedRunsSubscription, StartedRunsSubscriptionVariables>;
export const ViewerDocument = /* @__PURE__ */ new TypedDocumentString(`query Viewer{viewer{subject username tenant roles expiresAt}server{signIn}}`) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const MayDocument = /* @__PURE__ */ new TypedDocumentString(`query May($actions:[String!]!){may(actions:$actions){...MayDecision}}fragment MayDecision on PolicyDecision{action effect reason rule{id}}`) as unknown as TypedDocumentString<MayQuery, MayQueryVariables>;
export const MayOnDocument = /* @__PURE__ */ new TypedDocumentString(`query MayOn($action:String!,$uri:URI!){explainPolicy(input:{action:$action,uri:$uri}){...MayDecision}}fragment MayDecision on PolicyDecision{action effect reason rule{id}}`) as unknown as TypedDocumentString<MayOnQuery, MayOnQueryVariables>;
export const LogPageDocument = /* @__PURE__ */ new TypedDocumentString(`query LogPage($runId:ID!,$steps:[String!],$level:LogLevel,$text:String,$first:Int,$after:Cursor,$fromSeq:Int,$last:Int,$before:Cursor,$beforeSeq:Int){run(id:$runId){logs(steps:$steps level:$level text:$text first:$first after:$after fromSeq:$fromSeq last:$last before:$before beforeSeq:$beforeSeq){startCursor caughtUp...LogLines}}}fragment LogLines on EventBatch{cursor events{...on LogLine{cursor seq at step level text}}}`) as unknown as TypedDocumentString<LogPageQuery, LogPageQueryVariables>;
export const LogAroundDocument = /* @__PURE__ */ new TypedDocumentString(`query LogAround($runId:ID!,$steps:[String!],$level:LogLevel,$line:Int!){run(id:$runId){older:logs(steps:$steps,level:$level,last:250,beforeSeq:$line){startCursor...LogLines}newer:logs(steps:$steps,level:$level,first:250,fromSeq:$line){caughtUp...LogLines}}}fragment LogLines on EventBatch{cursor events{...on LogLine{cursor seq at step level text}}}`) as unknown as TypedDocumentString<LogAroundQuery, LogAroundQueryVariables>;
export const LogFollowDocument = /* @__PURE__ */ new TypedDocumentString(`subscription LogFollow($runId:ID!,$steps:[String!],$level:LogLevel,$after:Cursor){events(filter:{runId:$runId,steps:$steps,types:[LOG],level:$level}after:$after batch:500){...LogLines}}fragment LogLines on EventBatch{cursor events{...on LogLine{cursor seq at step level text}}}`) as unknown as TypedDocumentString<LogFollowSubscription, LogFollowSubscriptionVariables>;
export const LogCountsDocument = /* @__PURE__ */ new TypedDocumentString(`query LogCounts($runId:ID!,$steps:[String!]){run(id:$runId){all:logCount(steps:$steps)info:logCount(steps:$steps,level:INFO)warn:logCount(steps:$steps,level:WARN)error:logCount(steps:$steps,level:ERROR)}}`) as unknown as TypedDocumentString<LogCountsQuery, LogCountsQueryVariables>;
export const LogMatchCountDocument = /* @__PURE__ */ new TypedDocumentString(`query LogMatchCount($runId:ID!,$steps:[String!],$level:LogLevel,$text:String!,$fromSeq:Int){run(id:$runId){logCount(steps:$steps,level:$level,text:$text,fromSeq:$fromSeq)newest:logs(last:1){events{...on LogLine{seq}}}}}`) as unknown as TypedDocumentString<LogMatchCountQuery, LogMatchCountQueryVariables>;
export const OpenApprovalsDocument = /* @__PURE__ */ new TypedDocumentString(`query OpenApprovals{approvals(state:OPEN,mine:true,first:50){nodes{id state}pageInfo{hasNextPage}}}`) as unknown as TypedDocumentString<OpenApprovalsQuery, OpenApprovalsQueryVariables>;
export const PaletteDocument = /* @__PURE__ */ new TypedDocumentString(`query Palette($text:String!,$hasText:Boolean!){runs(filter:{text:$text},first:8)@include(if:$hasText){nodes{id workflow goal createdAt}}workflows(first:50){nodes{id name}}}`) as unknown as TypedDocumentString<PaletteQuery, PaletteQueryVariables>;
export const SignInMethodDocument = /* @__PURE__ */ new TypedDocumentString(`query SignInMethod{server{signIn}health{version}}`) as unknown as TypedDocumentString<SignInMethodQuery, SignInMethodQueryVariables>;
export const ApprovalsDocument = /* @__PURE__ */ new TypedDocumentString(`query Approvals($state:ApprovalState,$mine:Boolean,$after:String){approvals(state:$state,mine:$mine,first:50,after:$after){nodes{...ApprovalRow}pageInfo{hasNextPage endCursor}}}fragment ApprovalRow on Approval{id state reason roles mayDecide whyNot requestedAt expiresAt decidedAt decidedBy{username}comment run{id workflow goal principal{username}}call{tool}step{key title kind does}}`) as unknown as TypedDocumentString<ApprovalsQuery, ApprovalsQueryVariables>;
export const ApprovalDocument = /* @__PURE__ */ new TypedDocumentString(`query Approval($id:ID!){node(id:$id){...on Approval{__typename...ApprovalRow call{arguments}step{input decision{action author rule{id role action uri schema effect comment}}}}}}fragment ApprovalRow on Approval{id state reason roles mayDecide whyNot requestedAt expiresAt decidedAt decidedBy{username}comment run{id workflow goal principal{username}}call{tool}step{key title kind does}}`) as unknown as TypedDocumentString<ApprovalQuery, ApprovalQueryVariables>;
export const DecideApprovalDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DecideApproval($input:DecideApprovalInput!){decideApproval(input:$input){...on Approval{__typename id state}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<DecideApprovalMutation, DecideApprovalMutationVariables>;
export const CompareRunsDocument = /* @__PURE__ */ new TypedDocumentString(`query CompareRuns($a:ID!,$b:ID!){a:run(id:$a){...ComparedRun}b:run(id:$b){...ComparedRun}}fragment ComparedRun on Run{id kind state workflow workflowVersion goal inputs createdAt startedAt finishedAt principal{username}steps{key does state attempt durationMs error{code message}resource{digest size mediaType}}}`) as unknown as TypedDocumentString<CompareRunsQuery, CompareRunsQueryVariables>;
export const CompareInputsDocument = /* @__PURE__ */ new TypedDocumentString(`query CompareInputs($a:ID!,$b:ID!,$key:String!){a:run(id:$a){step(key:$key){input}}b:run(id:$b){step(key:$key){input}}}`) as unknown as TypedDocumentString<CompareInputsQuery, CompareInputsQueryVariables>;
export const EditorWorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`query EditorWorkflow($name:String!){workflow(name:$name){id name version yaml}}`) as unknown as TypedDocumentString<EditorWorkflowQuery, EditorWorkflowQueryVariables>;
export const EditorValidationDocument = /* @__PURE__ */ new TypedDocumentString(`query EditorValidation($yaml:String!){validateWorkflow(source:{yaml:$yaml}){valid problems{...EditorProblem}graph{nodes{...WorkflowNode}edges{from to}}decisions{step decision{effect reason rule{id}}}}}fragment EditorProblem on WorkflowProblem{severity message step line column}fragment WorkflowNode on GraphNode{key kind title does forEach undoes repairs line}`) as unknown as TypedDocumentString<EditorValidationQuery, EditorValidationQueryVariables>;
export const EditorConversionDocument = /* @__PURE__ */ new TypedDocumentString(`query EditorConversion($yaml:String!,$form:WorkflowForm!){convertWorkflow(source:{yaml:$yaml},form:$form){text problems{...EditorProblem}}}fragment EditorProblem on WorkflowProblem{severity message step line column}`) as unknown as TypedDocumentString<EditorConversionQuery, EditorConversionQueryVariables>;
export const EditorNamesDocument = /* @__PURE__ */ new TypedDocumentString(`query EditorNames{catalog{commands{name}queries{name}tools{name}}}`) as unknown as TypedDocumentString<EditorNamesQuery, EditorNamesQueryVariables>;
export const EditorOptionsDocument = /* @__PURE__ */ new TypedDocumentString(`query EditorOptions{catalog{commands{name options}queries{name options}tools{name options}}}`) as unknown as TypedDocumentString<EditorOptionsQuery, EditorOptionsQueryVariables>;
export const SaveEditedWorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SaveEditedWorkflow($input:SaveWorkflowInput!){saveWorkflow(input:$input){...on Workflow{__typename id name version yaml}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<SaveEditedWorkflowMutation, SaveEditedWorkflowMutationVariables>;
export const FilesDocument = /* @__PURE__ */ new TypedDocumentString(`query Files($filter:ArtifactFilter,$after:String){artifacts(filter:$filter,first:50,after:$after){nodes{...FilesLine}pageInfo{hasNextPage endCursor}}}fragment FilesLine on Artifact{id name mediaType size createdAt run{id kind workflow goal}}`) as unknown as TypedDocumentString<FilesQuery, FilesQueryVariables>;
export const FileDocument = /* @__PURE__ */ new TypedDocumentString(`query File($id:ID!){node(id:$id){...on Artifact{__typename...FilesLine url step{key}resource{uri}}}}fragment FilesLine on Artifact{id name mediaType size createdAt run{id kind workflow goal}}`) as unknown as TypedDocumentString<FileQuery, FileQueryVariables>;
export const PlayCatalogDocument = /* @__PURE__ */ new TypedDocumentString(`query PlayCatalog{catalog{commands{name title description options}tools{name title description options}agentBackends{name description config}examples{name title description kind text}}workflows(first:100){nodes{id name description inputs}}}`) as unknown as TypedDocumentString<PlayCatalogQuery, PlayCatalogQueryVariables>;
export const PlayDecisionDocument = /* @__PURE__ */ new TypedDocumentString(`query PlayDecision($action:String!,$uri:URI){explainPolicy(input:{action:$action,uri:$uri}){effect reason rule{id}}}`) as unknown as TypedDocumentString<PlayDecisionQuery, PlayDecisionQueryVariables>;
export const PlayRunDocument = /* @__PURE__ */ new TypedDocumentString(`query PlayRun($id:ID!){run(id:$id){id kind text inputs workflowVersion steps{does input}}}`) as unknown as TypedDocumentString<PlayRunQuery, PlayRunQueryVariables>;
export const PlayExecuteDocument = /* @__PURE__ */ new TypedDocumentString(`mutation PlayExecute($input:ExecuteInput!){execute(input:$input){...on CommandOutcome{__typename run{...PlayResult}resource{uri mediaType size url}}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment PlayResult on Run{__typename id state error{code message step}startedAt finishedAt}`) as unknown as TypedDocumentString<PlayExecuteMutation, PlayExecuteMutationVariables>;
export const PlayStartDocument = /* @__PURE__ */ new TypedDocumentString(`mutation PlayStart($input:StartRunInput!){startRun(input:$input){...PlayResult...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment PlayResult on Run{__typename id state error{code message step}startedAt finishedAt}`) as unknown as TypedDocumentString<PlayStartMutation, PlayStartMutationVariables>;
export const PlayAgentDocument = /* @__PURE__ */ new TypedDocumentString(`mutation PlayAgent($input:RunAgentInput!){runAgent(input:$input){...PlayResult...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment PlayResult on Run{__typename id state error{code message step}startedAt finishedAt}`) as unknown as TypedDocumentString<PlayAgentMutation, PlayAgentMutationVariables>;
export const PolicyRulesDocument = /* @__PURE__ */ new TypedDocumentString(`query PolicyRules{policyRules{...PolicyRuleLine}}fragment PolicyRuleLine on PolicyRule{id role action uri schema effect obligation comment}`) as unknown as TypedDocumentString<PolicyRulesQuery, PolicyRulesQueryVariables>;
export const PolicyTextDocument = /* @__PURE__ */ new TypedDocumentString(`query PolicyText{policySource{text roles snapshot}}`) as unknown as TypedDocumentString<PolicyTextQuery, PolicyTextQueryVariables>;
export const PolicyExplainDocument = /* @__PURE__ */ new TypedDocumentString(`query PolicyExplain($input:ExplainPolicyInput!){explainPolicy(input:$input){...PolicyAnswer nearMisses{missed rule{...PolicyRuleLine}}}}fragment PolicyRuleLine on PolicyRule{id role action uri schema effect obligation comment}fragment PolicyAnswer on PolicyDecision{effect reason action canonicalUri roles author rule{...PolicyRuleLine}}`) as unknown as TypedDocumentString<PolicyExplainQuery, PolicyExplainQueryVariables>;
export const PolicySimulateDocument = /* @__PURE__ */ new TypedDocumentString(`query PolicySimulate($rules:String!,$since:DateTime){simulatePolicy(rules:$rules,since:$since){problems{line message}decisions changed from changes{count lastAt lastRun{id workflow goal kind}before{...PolicyAnswer}after{...PolicyAnswer}}}}fragment PolicyRuleLine on PolicyRule{id role action uri schema effect obligation comment}fragment PolicyAnswer on PolicyDecision{effect reason action canonicalUri roles author rule{...PolicyRuleLine}}`) as unknown as TypedDocumentString<PolicySimulateQuery, PolicySimulateQueryVariables>;
export const AgentBeginDocument = /* @__PURE__ */ new TypedDocumentString(`query AgentBegin($runId:ID!){run(id:$runId){events(first:1){cursor}}}`) as unknown as TypedDocumentString<AgentBeginQuery, AgentBeginQueryVariables>;
export const AgentTalkDocument = /* @__PURE__ */ new TypedDocumentString(`subscription AgentTalk($runId:ID!,$step:String!,$after:Cursor){events(filter:{runId:$runId steps:[$step] types:[ AGENT_MESSAGE AGENT_DELTA TOOL_CALLED TOOL_RETURNED APPROVAL_REQUESTED APPROVAL_DECIDED ]}after:$after){cursor events{__typename seq at...on AgentMessage{role text usage{input output}}...on AgentDelta{text}...on ToolCalled{call{id tool arguments}}...on ToolReturned{call{id tool arguments result durationMs error{code message}}}...on ApprovalRequested{approval{id state call{id tool arguments}}}...on ApprovalDecided{approval{id state call{id tool arguments}}}}}}`) as unknown as TypedDocumentString<AgentTalkSubscription, AgentTalkSubscriptionVariables>;
export const RunFactsDocument = /* @__PURE__ */ new TypedDocumentString(`query RunFacts($id:ID!){run(id:$id){id kind workflow workflowVersion labels traceId createdAt principal{username}parent{id workflow goal}rerunOf{id}reruns(first:5){nodes{id state createdAt}}usage{input output limit}waitsFor{reason key limit ahead notBefore}steps{key does}}}`) as unknown as TypedDocumentString<RunFactsQuery, RunFactsQueryVariables>;
export const RunPayloadDocument = /* @__PURE__ */ new TypedDocumentString(`query RunPayload($id:ID!){run(id:$id){inputs outputs{name value resource{uri mediaType size url}}resource{uri mediaType size url}}}`) as unknown as TypedDocumentString<RunPayloadQuery, RunPayloadQueryVariables>;
export const RunVerificationDocument = /* @__PURE__ */ new TypedDocumentString(`query RunVerification($id:ID!){verifyRun(id:$id){valid events firstInvalidSeq problems checkpoint{size}}}`) as unknown as TypedDocumentString<RunVerificationQuery, RunVerificationQueryVariables>;
export const StepDetailDocument = /* @__PURE__ */ new TypedDocumentString(`query StepDetail($id:ID!,$key:String!){run(id:$id){step(key:$key){key input worker resource{uri mediaType size url}decision{effect reason action canonicalUri roles author snapshot rule{id role action uri effect comment}}usage{input output}childRun{id state}repair{step round error{code message}}}}}`) as unknown as TypedDocumentString<StepDetailQuery, StepDetailQueryVariables>;
export const StepToolsDocument = /* @__PURE__ */ new TypedDocumentString(`query StepTools($id:ID!,$key:String!){run(id:$id){step(key:$key){toolCalls{id tool arguments result durationMs error{code message}}}}}`) as unknown as TypedDocumentString<StepToolsQuery, StepToolsQueryVariables>;
export const StepItemsDocument = /* @__PURE__ */ new TypedDocumentString(`query StepItems($id:ID!,$key:String!,$state:[StepState!],$after:String){run(id:$id){step(key:$key){items(first:50,state:$state,after:$after){nodes{key state attempt startedAt finishedAt error{code message}}pageInfo{hasNextPage endCursor}}}}}`) as unknown as TypedDocumentString<StepItemsQuery, StepItemsQueryVariables>;
export const StepHistoryDocument = /* @__PURE__ */ new TypedDocumentString(`query StepHistory($id:ID!,$key:String!){run(id:$id){events(filter:{steps:[$key],types:[STEP_STATE_CHANGED]},first:200){events{__typename seq at...on StepStateChanged{from to attempt error{code message}}}}}}`) as unknown as TypedDocumentString<StepHistoryQuery, StepHistoryQueryVariables>;
export const StepLastLinesDocument = /* @__PURE__ */ new TypedDocumentString(`query StepLastLines($id:ID!,$key:String!){run(id:$id){step(key:$key){logs(last:5){events{__typename seq...on LogLine{text level}}}}}}`) as unknown as TypedDocumentString<StepLastLinesQuery, StepLastLinesQueryVariables>;
export const CancelOneRunDocument = /* @__PURE__ */ new TypedDocumentString(`mutation CancelOneRun($input:CancelRunInput!){cancelRun(input:$input){...ChangedRun...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment ChangedRun on Run{__typename id state}`) as unknown as TypedDocumentString<CancelOneRunMutation, CancelOneRunMutationVariables>;
export const RetryOneStepDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RetryOneStep($input:RetryStepInput!){retryStep(input:$input){...ChangedRun...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment ChangedRun on Run{__typename id state}`) as unknown as TypedDocumentString<RetryOneStepMutation, RetryOneStepMutationVariables>;
export const RerunFromStepDocument = /* @__PURE__ */ new TypedDocumentString(`mutation RerunFromStep($input:RerunFromInput!){rerunFrom(input:$input){...ChangedRun...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment ChangedRun on Run{__typename id state}`) as unknown as TypedDocumentString<RerunFromStepMutation, RerunFromStepMutationVariables>;
export const StepTimesBeginDocument = /* @__PURE__ */ new TypedDocumentString(`query StepTimesBegin($runId:ID!){run(id:$runId){events(first:1){cursor}}}`) as unknown as TypedDocumentString<StepTimesBeginQuery, StepTimesBeginQueryVariables>;
export const StepTimesDocument = /* @__PURE__ */ new TypedDocumentString(`subscription StepTimes($runId:ID!,$steps:[String!],$after:Cursor){events(filter:{runId:$runId,steps:$steps,types:[STEP_STATE_CHANGED]}after:$after batch:500){cursor caughtUp events{__typename seq at step...on StepStateChanged{to attempt scheduledAt startedAt}}}}`) as unknown as TypedDocumentString<StepTimesSubscription, StepTimesSubscriptionVariables>;
export const RunListDocument = /* @__PURE__ */ new TypedDocumentString(`query RunList($filter:RunFilter,$first:Int){runs(filter:$filter,first:$first){totalCount nodes{id kind state workflow goal labels principal{username}error{code message step}createdAt startedAt finishedAt}pageInfo{hasNextPage endCursor}}}`) as unknown as TypedDocumentString<RunListQuery, RunListQueryVariables>;
export const RunBarsDocument = /* @__PURE__ */ new TypedDocumentString(`query RunBars($filter:RunFilter,$from:DateTime!,$to:DateTime!,$buckets:Int!){runStats(filter:$filter,from:$from,to:$to,buckets:$buckets){total byState{state count}buckets{at byState{state count}}}}`) as unknown as TypedDocumentString<RunBarsQuery, RunBarsQueryVariables>;
export const RunRowDetailsDocument = /* @__PURE__ */ new TypedDocumentString(`query RunRowDetails($ids:[ID!]!){nodes(ids:$ids){...on Run{id waitsFor{reason key ahead}steps{key kind does state wakeAt approval{id state roles}}}}}`) as unknown as TypedDocumentString<RunRowDetailsQuery, RunRowDetailsQueryVariables>;
export const RunCountDocument = /* @__PURE__ */ new TypedDocumentString(`query RunCount($filter:RunFilter){runs(filter:$filter,first:1){totalCount totalCountIsExact}}`) as unknown as TypedDocumentString<RunCountQuery, RunCountQueryVariables>;
export const RunCompletionsDocument = /* @__PURE__ */ new TypedDocumentString(`query RunCompletions{workflows(first:100){nodes{id name}}}`) as unknown as TypedDocumentString<RunCompletionsQuery, RunCompletionsQueryVariables>;
export const RunViewsDocument = /* @__PURE__ */ new TypedDocumentString(`query RunViews{savedViews{...SavedViewParts}}fragment SavedViewParts on SavedView{__typename id name state shared savedBy{username}}`) as unknown as TypedDocumentString<RunViewsQuery, RunViewsQueryVariables>;
export const SaveRunViewDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SaveRunView($input:SaveViewInput!){saveView(input:$input){...SavedViewParts...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment SavedViewParts on SavedView{__typename id name state shared savedBy{username}}`) as unknown as TypedDocumentString<SaveRunViewMutation, SaveRunViewMutationVariables>;
export const DeleteRunViewDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DeleteRunView($id:ID!){deleteView(id:$id){...SavedViewParts...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment SavedViewParts on SavedView{__typename id name state shared savedBy{username}}`) as unknown as TypedDocumentString<DeleteRunViewMutation, DeleteRunViewMutationVariables>;
export const SchedulesDocument = /* @__PURE__ */ new TypedDocumentString(`query Schedules($after:String){schedules(first:50,after:$after){nodes{...SchedulesLine}pageInfo{hasNextPage endCursor}}}fragment SchedulesLine on Schedule{workflow{name}cron timeZone overlap catchUp principal{username}paused nextAt lastRun{id state createdAt}}`) as unknown as TypedDocumentString<SchedulesQuery, SchedulesQueryVariables>;
export const SchedulePauseDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SchedulePause($name:String!){pauseSchedule(input:{name:$name}){...on Schedule{__typename paused}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<SchedulePauseMutation, SchedulePauseMutationVariables>;
export const ScheduleResumeDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ScheduleResume($name:String!){resumeSchedule(input:{name:$name}){...on Schedule{__typename paused}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<ScheduleResumeMutation, ScheduleResumeMutationVariables>;
export const ScheduleRunNowDocument = /* @__PURE__ */ new TypedDocumentString(`mutation ScheduleRunNow($name:String!){startRun(input:{source:{name:$name}}){...on Run{__typename id}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<ScheduleRunNowMutation, ScheduleRunNowMutationVariables>;
export const SettingsTokensDocument = /* @__PURE__ */ new TypedDocumentString(`query SettingsTokens($after:String){apiTokens(first:100,after:$after){nodes{...SettingsToken}pageInfo{hasNextPage endCursor}}}fragment SettingsToken on ApiToken{id name roles createdAt expiresAt lastUsedAt}`) as unknown as TypedDocumentString<SettingsTokensQuery, SettingsTokensQueryVariables>;
export const SettingsCreateTokenDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsCreateToken($input:CreateApiTokenInput!){createApiToken(input:$input){...on NewApiToken{__typename token}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<SettingsCreateTokenMutation, SettingsCreateTokenMutationVariables>;
export const SettingsRevokeTokenDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsRevokeToken($id:ID!){revokeApiToken(id:$id){...on ApiToken{__typename id}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<SettingsRevokeTokenMutation, SettingsRevokeTokenMutationVariables>;
export const SettingsAccountsDocument = /* @__PURE__ */ new TypedDocumentString(`query SettingsAccounts($after:String){accounts(first:100,after:$after){nodes{...SettingsAccount}pageInfo{hasNextPage endCursor}}}fragment SettingsAccount on Account{__typename subject username roles disabled}`) as unknown as TypedDocumentString<SettingsAccountsQuery, SettingsAccountsQueryVariables>;
export const SettingsCreateAccountDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsCreateAccount($input:CreateAccountInput!){createAccount(input:$input){...SettingsAccount...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment SettingsAccount on Account{__typename subject username roles disabled}`) as unknown as TypedDocumentString<SettingsCreateAccountMutation, SettingsCreateAccountMutationVariables>;
export const SettingsUpdateAccountDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsUpdateAccount($input:UpdateAccountInput!){updateAccount(input:$input){...SettingsAccount...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment SettingsAccount on Account{__typename subject username roles disabled}`) as unknown as TypedDocumentString<SettingsUpdateAccountMutation, SettingsUpdateAccountMutationVariables>;
export const SettingsSetPasswordDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsSetPassword($input:SetPasswordInput!){setPassword(input:$input){...SettingsAccount...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}fragment SettingsAccount on Account{__typename subject username roles disabled}`) as unknown as TypedDocumentString<SettingsSetPasswordMutation, SettingsSetPasswordMutationVariables>;
export const SettingsWebhooksDocument = /* @__PURE__ */ new TypedDocumentString(`query SettingsWebhooks($after:String){webhooks(first:50,after:$after){nodes{...SettingsWebhook}pageInfo{hasNextPage endCursor}}}fragment SettingsWebhook on Webhook{id url events workflow owner{username}failingSince disabledAt disabledReason}`) as unknown as TypedDocumentString<SettingsWebhooksQuery, SettingsWebhooksQueryVariables>;
export const SettingsDeliveriesDocument = /* @__PURE__ */ new TypedDocumentString(`query SettingsDeliveries($id:ID!,$state:WebhookDeliveryState,$after:String){node(id:$id){...on Webhook{__typename...SettingsWebhook deliveries(state:$state,first:50,after:$after){nodes{...SettingsDelivery}pageInfo{hasNextPage endCursor}}}}}fragment SettingsWebhook on Webhook{id url events workflow owner{username}failingSince disabledAt disabledReason}fragment SettingsDelivery on WebhookDelivery{id event run{id kind workflow goal}state attempts createdAt nextAt lastStatus lastError}`) as unknown as TypedDocumentString<SettingsDeliveriesQuery, SettingsDeliveriesQueryVariables>;
export const SettingsRedeliverDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsRedeliver($id:ID!){redeliverWebhook(deliveryId:$id){...on WebhookDelivery{__typename id}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<SettingsRedeliverMutation, SettingsRedeliverMutationVariables>;
export const SettingsEnableWebhookDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsEnableWebhook($id:ID!){enableWebhook(id:$id){...on Webhook{__typename id}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<SettingsEnableWebhookMutation, SettingsEnableWebhookMutationVariables>;
export const SettingsCreateWebhookDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsCreateWebhook($input:CreateWebhookInput!){createWebhook(input:$input){...on CreatedWebhook{__typename secret}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<SettingsCreateWebhookMutation, SettingsCreateWebhookMutationVariables>;
export const SettingsDeleteWebhookDocument = /* @__PURE__ */ new TypedDocumentString(`mutation SettingsDeleteWebhook($id:ID!){deleteWebhook(id:$id){...on Webhook{__typename id}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<SettingsDeleteWebhookMutation, SettingsDeleteWebhookMutationVariables>;
export const SettingsSecretsDocument = /* @__PURE__ */ new TypedDocumentString(`query SettingsSecrets{secretNames}`) as unknown as TypedDocumentString<SettingsSecretsQuery, SettingsSecretsQueryVariables>;
export const SettingsQuotasDocument = /* @__PURE__ */ new TypedDocumentString(`query SettingsQuotas{quotas{name description unit scope holder limit used}}`) as unknown as TypedDocumentString<SettingsQuotasQuery, SettingsQuotasQueryVariables>;
export const SettingsServerDocument = /* @__PURE__ */ new TypedDocumentString(`query SettingsServer{server{signIn publicUrl}health{status version uptimeMs checks{name status detail}}}`) as unknown as TypedDocumentString<SettingsServerQuery, SettingsServerQueryVariables>;
export const WorkersLoadDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkersLoad{server{load{nodes queued slots{kind limit used}}}}`) as unknown as TypedDocumentString<WorkersLoadQuery, WorkersLoadQueryVariables>;
export const WorkersDocument = /* @__PURE__ */ new TypedDocumentString(`query Workers($after:String){workers(first:100,after:$after){nodes{...WorkersLine}pageInfo{hasNextPage endCursor}}}fragment WorkersLine on Worker{id pool region type capabilities labels topics sdkVersion activeJobs maxParallelJobs cpuLoad gpuLoad memoryLoad progress{percent memo at}lastHeartbeatAt alive drained revoked}`) as unknown as TypedDocumentString<WorkersQuery, WorkersQueryVariables>;
export const WorkersUpdatedDocument = /* @__PURE__ */ new TypedDocumentString(`subscription WorkersUpdated{workerUpdated{...WorkersLine}}fragment WorkersLine on Worker{id pool region type capabilities labels topics sdkVersion activeJobs maxParallelJobs cpuLoad gpuLoad memoryLoad progress{percent memo at}lastHeartbeatAt alive drained revoked}`) as unknown as TypedDocumentString<WorkersUpdatedSubscription, WorkersUpdatedSubscriptionVariables>;
export const WorkersRestrictionsDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkersRestrictions{workerRestrictions{kind workerId key decidedBy decidedAt}}`) as unknown as TypedDocumentString<WorkersRestrictionsQuery, WorkersRestrictionsQueryVariables>;
export const WorkersDrainDocument = /* @__PURE__ */ new TypedDocumentString(`mutation WorkersDrain($id:ID!,$drained:Boolean!){drainWorker(input:{id:$id,drained:$drained}){...on DrainedWorker{__typename id drained}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<WorkersDrainMutation, WorkersDrainMutationVariables>;
export const WorkersRevokeDocument = /* @__PURE__ */ new TypedDocumentString(`mutation WorkersRevoke($id:ID!){revokeWorkerKey(input:{id:$id}){...on WorkerRestriction{__typename workerId}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<WorkersRevokeMutation, WorkersRevokeMutationVariables>;
export const WorkersLettersDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkersLetters($reason:String,$after:String){deadLetters(reason:$reason,first:50,after:$after){nodes{...WorkersLetter}pageInfo{hasNextPage endCursor}}}fragment WorkersLetter on DeadLetter{id at jobId topic reason message sender request run{id}}`) as unknown as TypedDocumentString<WorkersLettersQuery, WorkersLettersQueryVariables>;
export const WorkersReplayDocument = /* @__PURE__ */ new TypedDocumentString(`mutation WorkersReplay($id:ID!){replayDeadLetter(id:$id){...on Run{__typename id}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<WorkersReplayMutation, WorkersReplayMutationVariables>;
export const WorkflowListDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowList($after:String){workflows(first:50,after:$after){nodes{...WorkflowLine runs(first:1){nodes{id state createdAt}}}pageInfo{hasNextPage endCursor}}}fragment WorkflowLine on Workflow{id name version description createdAt createdBy{username}schedule{cron timeZone paused nextAt}webhook{path}}`) as unknown as TypedDocumentString<WorkflowListQuery, WorkflowListQueryVariables>;
export const WorkflowProblemsDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowProblems($name:String!){validateWorkflow(source:{name:$name}){problems{severity message}}}`) as unknown as TypedDocumentString<WorkflowProblemsQuery, WorkflowProblemsQueryVariables>;
export const WorkflowPageDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowPage($name:String!,$version:Int){workflow(name:$name,version:$version){...WorkflowLine yaml webhook{path scheme secrets}parts{name version}graph{nodes{...WorkflowNode}edges{from to}}}newest:workflow(name:$name){id version}}fragment WorkflowLine on Workflow{id name version description createdAt createdBy{username}schedule{cron timeZone paused nextAt}webhook{path}}fragment WorkflowNode on GraphNode{key kind title does forEach undoes repairs line}`) as unknown as TypedDocumentString<WorkflowPageQuery, WorkflowPageQueryVariables>;
export const WorkflowVersionsDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowVersions($name:String!,$after:String){workflow(name:$name){id versions(first:20,after:$after){nodes{id version createdAt createdBy{username}}pageInfo{hasNextPage endCursor}}}}`) as unknown as TypedDocumentString<WorkflowVersionsQuery, WorkflowVersionsQueryVariables>;
export const WorkflowRunsDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowRuns($name:String!,$after:String){workflow(name:$name){id runs(first:20,after:$after){nodes{...WorkflowRunLine}pageInfo{hasNextPage endCursor}}}}fragment WorkflowRunLine on Run{id state goal workflowVersion principal{username}error{code message}createdAt startedAt finishedAt}`) as unknown as TypedDocumentString<WorkflowRunsQuery, WorkflowRunsQueryVariables>;
export const WorkflowFormDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowForm($name:String!){workflow(name:$name){id name version description inputs}}`) as unknown as TypedDocumentString<WorkflowFormQuery, WorkflowFormQueryVariables>;
export const WorkflowTextsDocument = /* @__PURE__ */ new TypedDocumentString(`query WorkflowTexts($name:String!,$a:Int!,$b:Int!){a:workflow(name:$name,version:$a){...WorkflowText}b:workflow(name:$name,version:$b){...WorkflowText}}fragment WorkflowText on Workflow{id version yaml createdAt createdBy{username}}`) as unknown as TypedDocumentString<WorkflowTextsQuery, WorkflowTextsQueryVariables>;
export const StartWorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`mutation StartWorkflow($input:StartRunInput!){startRun(input:$input){...on Run{__typename id}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<StartWorkflowMutation, StartWorkflowMutationVariables>;
export const DeleteSavedWorkflowDocument = /* @__PURE__ */ new TypedDocumentString(`mutation DeleteSavedWorkflow($input:DeleteWorkflowInput!){deleteWorkflow(input:$input){...on Workflow{__typename id}...RefusedParts}}fragment RefusedParts on Refusal{__typename code message decision{reason rule{id}}}`) as unknown as TypedDocumentString<DeleteSavedWorkflowMutation, DeleteSavedWorkflowMutationVariables>;
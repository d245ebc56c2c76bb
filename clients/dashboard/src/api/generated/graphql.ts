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

/** How people sign in. */
export type SignInMethod =
  /** With user name and password: `signIn` returns a token. */
  | 'PASSWORD'
  /** With a token of an identity provider, whose keys the server reads from `JWKS_URL`. */
  | 'TOKEN';

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

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly subject: string, readonly username: string, readonly tenant: string, readonly roles: ReadonlyArray<string>, readonly expiresAt: string | null } | null, readonly server: { readonly signIn: SignInMethod } };

export type MayQueryVariables = Exact<{
  actions: ReadonlyArray<string> | string;
}>;


export type MayQuery = { readonly may: ReadonlyArray<{ readonly action: string, readonly effect: PolicyEffect, readonly reason: string, readonly rule: { readonly id: string, readonly role: string, readonly action: string, readonly comment: string | null } | null }> };

export type OpenApprovalsQueryVariables = Exact<{ [key: string]: never; }>;


export type OpenApprovalsQuery = { readonly approvals: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: ApprovalState }>, readonly pageInfo: { readonly hasNextPage: boolean } } };

export type PaletteQueryVariables = Exact<{
  text: string;
  hasText: boolean;
}>;


export type PaletteQuery = { readonly runs?: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null }> }, readonly workflows: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string }> } };

export type SignInMethodQueryVariables = Exact<{ [key: string]: never; }>;


export type SignInMethodQuery = { readonly server: { readonly signIn: SignInMethod }, readonly health: { readonly version: string } };

export type RunRowFragment = { readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly principal: { readonly username: string }, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null } | null, readonly stepCounts: ReadonlyArray<{ readonly state: StepState, readonly count: number }> };

export type RunListQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type RunListQuery = { readonly runs: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: RunKind, readonly state: RunState, readonly workflow: string | null, readonly goal: string | null, readonly createdAt: string, readonly startedAt: string | null, readonly finishedAt: string | null, readonly principal: { readonly username: string }, readonly error: { readonly code: ErrorCode, readonly message: string, readonly step: string | null } | null, readonly stepCounts: ReadonlyArray<{ readonly state: StepState, readonly count: number }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

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
export const RunRowFragmentDoc = /* @__PURE__ */ new TypedDocumentString(`fragment RunRow on Run{id kind state workflow goal principal{username}error{code message step}stepCounts{state count}createdAt startedAt finishedAt}`, {"fragmentName":"RunRow"}) as unknown as TypedDocumentString<RunRowFragment, unknown>;
export const AnnouncementsDocument = /* @__PURE__ */ new TypedDocumentString(`subscription Announcements($after:Cursor){events(filter:{types:[APPROVAL_REQUESTED,APPROVAL_DECIDED,NOTIFICATION]}after:$after){cursor events{__typename cursor runId...on Notification{level message}...on ApprovalRequested{approval{id reason mayDecide}}}}}`) as unknown as TypedDocumentString<AnnouncementsSubscription, AnnouncementsSubscriptionVariables>;
export const ViewerDocument = /* @__PURE__ */ new TypedDocumentString(`query Viewer{viewer{subject username tenant roles expiresAt}server{signIn}}`) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const MayDocument = /* @__PURE__ */ new TypedDocumentString(`query May($actions:[String!]!){may(actions:$actions){action effect reason rule{id role action comment}}}`) as unknown as TypedDocumentString<MayQuery, MayQueryVariables>;
export const OpenApprovalsDocument = /* @__PURE__ */ new TypedDocumentString(`query OpenApprovals{approvals(state:OPEN,mine:true,first:50){nodes{id state}pageInfo{hasNextPage}}}`) as unknown as TypedDocumentString<OpenApprovalsQuery, OpenApprovalsQueryVariables>;
export const PaletteDocument = /* @__PURE__ */ new TypedDocumentString(`query Palette($text:String!,$hasText:Boolean!){runs(filter:{text:$text},first:8)@include(if:$hasText){nodes{id state workflow goal}}workflows(first:50){nodes{id name}}}`) as unknown as TypedDocumentString<PaletteQuery, PaletteQueryVariables>;
export const SignInMethodDocument = /* @__PURE__ */ new TypedDocumentString(`query SignInMethod{server{signIn}health{version}}`) as unknown as TypedDocumentString<SignInMethodQuery, SignInMethodQueryVariables>;
export const RunListDocument = /* @__PURE__ */ new TypedDocumentString(`query RunList($filter:RunFilter,$after:String){runs(filter:$filter,first:50,after:$after){nodes{...RunRow}pageInfo{hasNextPage endCursor}}}fragment RunRow on Run{id kind state workflow goal principal{username}error{code message step}stepCounts{state count}createdAt startedAt finishedAt}`) as unknown as TypedDocumentString<RunListQuery, RunListQueryVariables>;
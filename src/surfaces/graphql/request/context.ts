import type { AnyBackend } from '../../../agents/define-backend.ts';
import type { ConsistencyExport } from '../../../audit/consistency-export.ts';
import type { RunExport } from '../../../audit/run-export.ts';
import type { ApiTokens } from '../../../auth/api-tokens.ts';
import type { Authenticator } from '../../../auth/authenticator.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import type { AnyCommand } from '../../../commands/definition/define-command.ts';
import type { Config } from '../../../config/config.ts';
import type { SavedViews } from '../../../core/accounts/saved-views.ts';
import type { Memories } from '../../../core/agent-stores.ts';
import type { ArtifactStore } from '../../../core/artifact-store.ts';
import type { Clock } from '../../../core/clock.ts';
import type { CpuPool } from '../../../core/cpu-pool.ts';
import type { Fault } from '../../../core/errors.ts';
import type { Journal } from '../../../core/journal.ts';
import type { Policy } from '../../../core/policy.ts';
import type { Principal, Scope } from '../../../core/principal.ts';
import type { Resources, SchemaValidator } from '../../../core/resource.ts';
import type { ChainVerification, DeadLetters, StoreReader } from '../../../core/store-reader.ts';
import type { Health, Logger, Metrics } from '../../../core/telemetry.ts';
import { activeTraceId } from '../../../core/tracing.ts';
import type { Schedules, Workflows } from '../../../core/workflows/workflows.ts';
import type { AccountManager } from '../../../engine/accounts/manage-accounts.ts';
import type { Gate } from '../../../engine/gate/gate.ts';
import type { Quotas } from '../../../engine/gate/quotas.ts';
import type { Engine } from '../../../engine/requests/engine.ts';
import type { WebhookRequests } from '../../../engine/webhooks/webhook-requests.ts';
import type { AnyStepKind } from '../../../step-kinds/define-step-kind.ts';
import type { AnyTool } from '../../../tools/define-tool.ts';
import type { Drives } from '../../../tools/drive/drives.ts';

/** The dependencies of the GraphQL surface, which `compose/` provides. */
export interface GraphqlApp {
  readonly config: Config;
  readonly engine: Engine;
  /** For reads outside of runs: the same policy and rate limits as the engine's. */
  readonly gate: Gate;
  /** The same counts and limits as the engine's. */
  readonly quotas: Quotas;
  readonly policy: Policy;
  readonly journal: Journal;
  readonly reader: StoreReader;
  /** The saved workflows. */
  readonly workflows: Workflows;
  readonly schedules: Pick<Schedules, 'find' | 'list'>;
  /** The memories of agents. */
  readonly memories: Memories;
  readonly deadLetters: Pick<DeadLetters, 'find' | 'list'>;
  /** The URLs that get events. */
  readonly webhooks: WebhookRequests;
  /** Recomputes the hash chain of a run; undefined when the scope does not cover it. */
  verifyRun(scope: Scope, runId: string): Promise<ChainVerification | undefined>;
  /** A run as plain JSON that is verified without the server; undefined when the scope does not cover it. @throws Fault RESOURCE_TOO_LARGE */
  exportRun(scope: Scope, runId: string, maxBytes: number): Promise<RunExport | undefined>;
  /**
   * Proves that the newer signed tree begins with the older one. @throws Fault NOT_FOUND, RESOURCE_TOO_LARGE
   * @param newerSize default: the newest one that a single proof leads to
   */
  treeConsistency(olderSize: number, newerSize?: number): Promise<ConsistencyExport>;
  readonly resources: Resources;
  readonly artifacts: ArtifactStore;
  readonly schemas: SchemaValidator;
  readonly cpu: CpuPool;
  /** Built in and from plugins. */
  readonly commands: readonly AnyCommand[];
  readonly tools: readonly AnyTool[];
  readonly backends: readonly AnyBackend[];
  readonly kinds: readonly AnyStepKind[];
  /** Drives for `drive.*`, and how users connect their own. */
  readonly drives: Drives;
  /** Who is on the message bus; absent on a server without one. */
  readonly cluster?: Cluster;
  readonly authenticator: Authenticator;
  readonly apiTokens: ApiTokens;
  readonly accounts: AccountManager;
  readonly savedViews: SavedViews;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  health(): Promise<Health>;
}

/** The caller, as known before the document is read. */
export interface Caller {
  readonly principal: Principal;
  /** Why the token is invalid; the principal is anonymous then. */
  readonly authFault?: Fault;
  /** Address of the client, for limits. */
  readonly address: string;
  /** Token of a session, from its cookie, which counts if there is no other. */
  readonly session?: string;
  /** W3C trace ID of the request, or a new one. */
  readonly traceId?: string;
  /** Aborts when the server begins to stop; subscriptions end then. */
  readonly draining: AbortSignal;
}

/** The context of resolvers: created for each request, and for each batch of a subscription. */
export interface Context extends Caller {
  readonly app: GraphqlApp;
  /** Aborts when the caller disconnects. Reads end then; runs continue, because they are recorded. */
  readonly signal: AbortSignal;
  /** Bytes of content that the response may still contain. */
  readonly inlineBudget: { bytesLeft: number };
}

/** Maximum bytes of content in one response, of all resources together; more is downloaded from `url`. */
export const MAX_INLINE_BYTES = 8 * 1024 * 1024;

export function createContext(app: GraphqlApp, caller: Caller, signal: AbortSignal): Context {
  const { principal, authFault: refusal, address, traceId, draining } = caller;
  return {
    app,
    principal,
    address,
    draining,
    signal,
    inlineBudget: { bytesLeft: MAX_INLINE_BYTES },
    ...(refusal && { authFault: refusal }),
    ...(traceId !== undefined && { traceId }),
  };
}

/** What the transport knows about the caller. */
export type TransportInfo = Omit<Caller, 'principal'>;

/** The trace of runs started here: that of the active span, otherwise that of the request. */
export function currentTrace(ctx: Context): { readonly traceId?: string } {
  const traceId = activeTraceId() ?? ctx.traceId;
  return traceId === undefined ? {} : { traceId };
}

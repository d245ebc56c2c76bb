import type { AnyBackend } from '../../../agents/define-backend.ts';
import type { RunExport } from '../../../audit/run-export.ts';
import type { Authenticator } from '../../../auth/authenticator.ts';
import type { AnyCommand } from '../../../commands/definition/define-command.ts';
import type { Config } from '../../../config/config.ts';
import type { ArtifactStore } from '../../../core/artifact-store.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Fault } from '../../../core/errors.ts';
import type { Journal } from '../../../core/journal.ts';
import type { Policy } from '../../../core/policy.ts';
import type { Principal, Scope } from '../../../core/principal.ts';
import type { Resources, SchemaValidator } from '../../../core/resource.ts';
import type { ChainVerification, StoreReader } from '../../../core/store-reader.ts';
import type { Health, Logger, Metrics } from '../../../core/telemetry.ts';
import { activeTraceId } from '../../../core/tracing.ts';
import type { Workflows } from '../../../core/workflows.ts';
import type { Gate } from '../../../engine/gate/gate.ts';
import type { Engine } from '../../../engine/requests/engine.ts';
import type { AnyTool } from '../../../tools/define-tool.ts';
import type { Drives } from '../../../tools/drive/drives.ts';

/** What the GraphQL surface stands on; `app.ts` makes it. */
export interface GraphqlApp {
  readonly config: Config;
  readonly engine: Engine;
  /** For reads that are no step of a run: the same policy and the same buckets as the engine's. */
  readonly gate: Gate;
  readonly policy: Policy;
  readonly journal: Journal;
  readonly reader: StoreReader;
  /** The saved ones. */
  readonly workflows: Workflows;
  /** Recomputes the hash chain of a run; undefined when the scope does not cover it. */
  verifyRun(scope: Scope, runId: string): Promise<ChainVerification | undefined>;
  /** A run as plain JSON that is verified without the server; undefined when the scope does not cover it. @throws Fault RESOURCE_TOO_LARGE */
  exportRun(scope: Scope, runId: string, maxBytes: number): Promise<RunExport | undefined>;
  readonly resources: Resources;
  readonly artifacts: ArtifactStore;
  readonly schemas: SchemaValidator;
  /** Built in and from plugins. */
  readonly commands: readonly AnyCommand[];
  readonly tools: readonly AnyTool[];
  readonly backends: readonly AnyBackend[];
  /** Whose files `drive.*` finds, and how one connects one's own. */
  readonly drives: Drives;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  health(): Promise<Health>;
}

/** Who asks, and from where: known before a document is looked at. */
export interface Caller {
  readonly principal: Principal;
  /** Why a token that was sent is worth nothing; the principal is anonymous then. */
  readonly authFault?: Fault;
  /** Of the client; for limits. */
  readonly address: string;
  /** W3C trace id that the request brought, or that it was given. */
  readonly traceId?: string;
  /** Aborts when the server begins to stop: subscriptions end then. */
  readonly draining: AbortSignal;
}

/** What a resolver gets: made anew for each request, and for each batch of a subscription. */
export interface Context extends Caller {
  readonly app: GraphqlApp;
  /** Aborts when the caller has gone. Reads end with it; what a mutation began goes on, because it is recorded. */
  readonly signal: AbortSignal;
  /** Bytes of content that this request may still carry inline. */
  readonly inlineBudget: { bytesLeft: number };
}

/** Content inside one response, all resources together; more is downloaded by its `url`. */
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

/** What the HTTP server knows of a request before it is looked into. */
export type TransportInfo = Omit<Caller, 'principal'>;

/** The trace that a run begun here belongs to: the span's under way, or the one that the request named. */
export function currentTrace(ctx: Context): { readonly traceId?: string } {
  const traceId = activeTraceId() ?? ctx.traceId;
  return traceId === undefined ? {} : { traceId };
}

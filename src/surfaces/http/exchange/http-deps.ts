import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CallerFacts } from '../../../auth/authenticator.ts';
import type { Sessions } from '../../../auth/sessions.ts';
import type { Config } from '../../../config/config.ts';
import type { Principal, SignedIn } from '../../../core/principal.ts';
import type { ArtifactRecord } from '../../../core/run.ts';
import type { Health, Logger, Metrics } from '../../../core/telemetry.ts';
import type { Upload, WebhookDelivery } from '../../../engine/requests/engine.ts';
import type { Download } from '../../../engine/requests/find-download.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { Dashboard } from './dashboard.ts';

/** What the server knows about a request before it is routed. */
export interface RequestInfo {
  /** Address of the client, for rate limits and logs; behind a trusted proxy, the address that the proxy names. */
  readonly address: string;
  /** The caller's trace (W3C trace context), or a new one: 32 hex digits. */
  readonly traceId: string;
  /** Token of a session, from its cookie; absent if another origin sent it. */
  readonly session?: string;
  /** Aborts when the server begins to stop; endless responses (subscriptions) end then. */
  readonly draining: AbortSignal;
}

/** The dependencies of the HTTP server, which contains nothing but HTTP. */
export interface HttpDeps {
  readonly config: Pick<Config, 'mode' | 'server'>;
  /** In bytes. */
  readonly maxUploadBytes: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Issuer of the identity provider whose tokens are accepted; absent when this server issues tokens. */
  readonly authorizationServer?: string;
  /** @throws Fault UNAUTHENTICATED */
  authenticate(authorization: string | undefined, facts: CallerFacts): Promise<Principal>;
  readonly sessions: Sessions;
  /** Answers `/graphql`, also 100 Continue. CORS and security headers have been set. */
  graphql(req: IncomingMessage, res: ServerResponse, info: RequestInfo): void | Promise<void>;
  /** Accepts a WebSocket handshake on `/graphql`, whose origin has been checked. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, info: RequestInfo): void;
  /** Answers `/mcp` for signed-in users. @throws Fault */
  mcp(req: IncomingMessage, res: ServerResponse, caller: { principal: SignedIn; traceId: string }): Promise<void>;
  /** Absent when it is turned off, or was not built. */
  readonly dashboard?: Dashboard;
  /** JSON Schema of the workflows of this server. */
  readonly workflowSchema: JsonObject;
  health(): Promise<Health>;
  /** Finds bytes that the principal may read; the iterator of `open` returns when the client disconnects. @throws Fault NOT_FOUND, FORBIDDEN, APPROVAL_REQUIRED, THROTTLED */
  download(principal: SignedIn, digest: string): Promise<Download>;
  /** The log of a run that the principal may see, of one of its steps if that is named. @throws Fault NOT_FOUND, FORBIDDEN */
  log(principal: SignedIn, runId: string, step?: string): Promise<AsyncIterable<string>>;
  /** Stores an artifact. Its content throws Fault RESOURCE_TOO_LARGE or CANCELLED when it does not arrive completely. */
  upload(principal: SignedIn, upload: Upload): Promise<ArtifactRecord>;
  /** Starts the workflow of a delivery; see `Engine.receiveWebhook`. */
  webhook(delivery: WebhookDelivery): Promise<{ readonly runId: string }>;
}

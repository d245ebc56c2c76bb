import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Config } from '../../../config/config.ts';
import type { Principal, SignedIn } from '../../../core/principal.ts';
import type { ArtifactRecord } from '../../../core/run.ts';
import type { Health, Logger, Metrics } from '../../../core/telemetry.ts';
import type { Upload } from '../../../engine/requests/engine.ts';
import type { Download } from '../../../engine/requests/find-download.ts';

/** What the server knows of a request before anybody has looked into it. */
export interface RequestInfo {
  /** The client's, for rate limits and logs; behind a trusted proxy the one that the proxy names. */
  readonly address: string;
  /** The caller's trace (W3C trace context), or a new one: 32 hex digits. */
  readonly traceId: string;
  /** Aborts when the server begins to stop: what would go on for ever (subscriptions) ends then. */
  readonly draining: AbortSignal;
}

/** What the HTTP server is made of. It holds no logic of its own beside HTTP. */
export interface HttpDeps {
  readonly config: Pick<Config, 'mode' | 'server'>;
  /** In bytes. */
  readonly maxUploadBytes: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** @throws Fault UNAUTHENTICATED */
  authenticate(authorization: string | undefined): Promise<Principal>;
  /** Answers `/graphql`. CORS and security headers are set already. */
  graphql(req: IncomingMessage, res: ServerResponse, info: RequestInfo): void | Promise<void>;
  /** Takes a WebSocket handshake on `/graphql`, whose origin was checked. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, info: RequestInfo): void;
  /** Answers `/mcp` to whoever is signed in. @throws Fault */
  mcp(req: IncomingMessage, res: ServerResponse, caller: { principal: SignedIn; traceId: string }): Promise<void>;
  health(): Promise<Health>;
  /** Finds bytes that the principal may read; the iterator of `open` is told to return when the client leaves. @throws Fault NOT_FOUND, FORBIDDEN and its kin */
  download(principal: SignedIn, digest: string): Promise<Download>;
  /** Stores one. Its content ends with Fault RESOURCE_TOO_LARGE or CANCELLED when it does not arrive whole. */
  upload(principal: SignedIn, upload: Upload): Promise<ArtifactRecord>;
}

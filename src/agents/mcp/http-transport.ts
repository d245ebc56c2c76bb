import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import type { RequestOwner } from '../../resources/outgoing/places.ts';
import { unusableServerFault } from './mcp-fault.ts';
import { detectLostResponses, detectLostStream } from './response-loss.ts';
import type { McpTransport } from './transport.ts';

export interface McpHttpDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
}

export interface McpHttpTarget {
  readonly uri: CanonicalUri;
  readonly headers: Readonly<Record<string, string>>;
  readonly owner: RequestOwner;
}

/** Of one response; with SSE one response carries the whole session. */
const MAX_RESPONSE_BYTES = 16 * 2 ** 20;
/** A tool may be silent while it works; the time limit of the step ends it. */
const IDLE_MS = 24 * 3_600_000;
/** How long ending the session may take. */
const CLOSE_TIMEOUT_MS = 500;

/** Streamable HTTP (MCP 2025-06-18) through the guarded fetch. */
export async function openHttpTransport(
  { uri, headers, owner }: McpHttpTarget,
  deps: McpHttpDeps,
): Promise<McpTransport> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const broken = new AbortController();
  const fetch = deps.outgoing.fetch(uri, { maxBytes: MAX_RESPONSE_BYTES, idleMs: IDLE_MS, owner });
  const mcpTransport: McpTransport = {
    get transport() {
      // Its `sessionId` is `string | undefined`, which the SDK's interface does not accept for an optional property.
      return transport as Transport;
    },
    broken: broken.signal,
    pendingRequests: 0,
    async close() {
      const terminated = transport.terminateSession().catch(() => {});
      await Promise.race([terminated, new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref())]);
      await transport.close();
    },
  };
  const watchedFetch = detectLostResponses(fetch, {
    isWaiting: () => mcpTransport.pendingRequests > 0,
    onLost: (why) => broken.abort(lostConnectionFault(why, uri.host)),
  });
  const transport = new StreamableHTTPClientTransport(new URL(uri.href), {
    fetch: watchedFetch,
    requestInit: { headers: { ...headers } },
  });
  return mcpTransport;
}

/** HTTP with SSE (MCP 2024-11-05), for servers without streamable HTTP. */
export async function openSseTransport(
  { uri, headers, owner }: McpHttpTarget,
  deps: McpHttpDeps,
): Promise<McpTransport> {
  const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
  const broken = new AbortController();
  const fetch = deps.outgoing.fetch(uri, { maxBytes: MAX_RESPONSE_BYTES, idleMs: IDLE_MS, owner });
  const transport = new SSEClientTransport(new URL(uri.href), {
    fetch: detectLostStream(fetch, (why) => broken.abort(lostConnectionFault(why, uri.host))),
    requestInit: { headers: { ...headers } },
  });
  return { transport, broken: broken.signal, pendingRequests: 0, close: () => transport.close() };
}

function lostConnectionFault(why: unknown, host: string): Fault {
  if (why instanceof Fault) return why;
  return unusableServerFault(host, 'it closed the connection before it answered', why);
}

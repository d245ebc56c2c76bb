import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { unusableServerFault } from './mcp-fault.ts';
import { detectLostResponses, detectLostStream } from './response-loss.ts';
import type { McpTransport } from './transport.ts';

export interface McpHttpDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
}

/** Of one answer; the older protocol brings all of a session in one. */
const MAX_RESPONSE_BYTES = 16 * 2 ** 20;
/** A tool may be silent while it works; the time of the step ends it. */
const IDLE_MS = 24 * 3_600_000;
/** How long the server may take to be told that the session is over. */
const CLOSE_TIMEOUT_MS = 500;

/** Streamable HTTP (MCP 2025-06-18) by the guarded way out. */
export async function openHttpTransport(
  uri: CanonicalUri,
  headers: Readonly<Record<string, string>>,
  deps: McpHttpDeps,
): Promise<McpTransport> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const broken = new AbortController();
  const fetch = deps.outgoing.fetch(uri, { maxBytes: MAX_RESPONSE_BYTES, idleMs: IDLE_MS });
  const opened: McpTransport = {
    get transport() {
      // Its session id is `string | undefined`, which the interface of the SDK does not let be left out.
      return transport as Transport;
    },
    broken: broken.signal,
    pendingRequests: 0,
    async close() {
      const goodbye = transport.terminateSession().catch(() => {});
      await Promise.race([goodbye, new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref())]);
      await transport.close();
    },
  };
  const followed = detectLostResponses(fetch, {
    isWaiting: () => opened.pendingRequests > 0,
    onLost: (why) => broken.abort(lostConnectionFault(why, uri.host)),
  });
  const transport = new StreamableHTTPClientTransport(new URL(uri.href), {
    fetch: followed,
    requestInit: { headers: { ...headers } },
  });
  return opened;
}

/** HTTP with SSE (MCP 2024-11-05), for servers that know no other. */
export async function openSseTransport(
  uri: CanonicalUri,
  headers: Readonly<Record<string, string>>,
  deps: McpHttpDeps,
): Promise<McpTransport> {
  const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
  const broken = new AbortController();
  const fetch = deps.outgoing.fetch(uri, { maxBytes: MAX_RESPONSE_BYTES, idleMs: IDLE_MS });
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

import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { TokenProvider } from './access-token.ts';

/** How long what arrived may be on its way through the SDK. */
const SDK_READ_GRACE_MS = 500;

/**
 * A fetch for the SDK's transport, which does not notice when the server ends an answer before the response was in it:
 * the client would wait for ever. @param ended called when the answer to a POST is over, with the message that was posted
 */
function detectTruncatedResponses(fetch: FetchLike, ended: (posted: unknown) => void): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (init?.method !== 'POST' || typeof init.body !== 'string' || !response.body || !response.ok) return response;
    const posted: unknown = JSON.parse(init.body);
    const over = () => setTimeout(() => ended(posted), SDK_READ_GRACE_MS);
    return new Response(onStreamEnd(response.body, over), response);
  };
}

/** The same bytes; `over` is called once at their end, whether they end well or not. */
function onStreamEnd(body: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      over();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

export type RemoteTransport = StreamableHTTPClientTransport;

/** One transport, which is one session. */
export type OpenTransport = (hear: (message: JSONRPCMessage) => void) => Promise<RemoteTransport>;

interface TransportOptions {
  readonly url: string;
  readonly token: TokenProvider;
  /** The answer to this request is over, whether it was in it or not. */
  readonly onResponseEnd: (id: string | number) => void;
  readonly reportError: (what: string) => void;
}

/** Streamable HTTP to a server, each request with the token of that time. */
export async function createTransportFactory({
  url,
  token,
  onResponseEnd: cut,
  reportError: complain,
}: TransportOptions): Promise<OpenTransport> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const signed: typeof fetch = async (to, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${await token()}`);
    return fetch(to, { ...init, headers });
  };
  const ended = (posted: unknown) => {
    const { id } = posted as { readonly id?: string | number };
    if (id !== undefined) cut(id);
  };
  return async (hear) => {
    const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
      fetch: detectTruncatedResponses(signed, ended),
    });
    transport.onmessage = hear;
    transport.onerror = (error) => complain(error.message);
    await transport.start();
    return transport;
  };
}

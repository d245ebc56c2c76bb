import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { GetToken } from '../../surfaces/mcp-server/bridge/access-token.ts';
import { noticeCutAnswers } from './notice-cut-answers.ts';

export type RemoteTransport = StreamableHTTPClientTransport;

/** One transport, which is one session. */
export type OpenTransport = (hear: (message: JSONRPCMessage) => void) => Promise<RemoteTransport>;

interface Options {
  readonly url: string;
  readonly token: GetToken;
  /** The answer to this request is over, whether it was in it or not. */
  readonly cut: (id: string | number) => void;
  readonly complain: (what: string) => void;
}

/** Streamable HTTP to a server, each request with the token of that time. */
export async function transportsTo({ url, token, cut, complain }: Options): Promise<OpenTransport> {
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
      fetch: noticeCutAnswers(signed, ended),
    });
    transport.onmessage = hear;
    transport.onerror = (error) => complain(error.message);
    await transport.start();
    return transport;
  };
}

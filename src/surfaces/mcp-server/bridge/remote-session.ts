import { setTimeout } from 'node:timers/promises';
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { TokenProvider } from './access-token.ts';
import { createTransportFactory, type OpenTransport, type RemoteTransport } from './transport.ts';

/** The server's end of the bridge. */
export interface RemoteSession {
  /** Forwards a message. A request that cannot be forwarded is answered with an error; nothing is thrown. */
  send(message: JSONRPCMessage): Promise<void>;
  /** Requests that are still pending. */
  readonly pendingRequests: number;
  /** Ends the session. */
  close(): Promise<void>;
}

interface RemoteSessionOptions {
  readonly url: string;
  readonly token: TokenProvider;
  /** Called with each message of the server. */
  readonly onMessage: (message: JSONRPCMessage) => void;
  readonly reportError: (what: string) => void;
}

type RequestId = string | number;

/** JSON-RPC leaves these to servers. */
const UNREACHABLE_CODE = -32_000;
/** The session is lost: the server was restarted, or the token has expired. */
const SESSION_LOST_STATUSES = [401, 404];
/** Codes of a connection that was never established. After any other failure the server may have begun what was asked. */
const CONNECTION_FAILURE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
const RESPONSE_TIMEOUT_MS = 15_000;
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * A session with the server. It is reopened when the server no longer knows it, because the client program
 * outlives servers and tokens. Its subscriptions are lost then.
 */
export async function createRemoteSession({
  url,
  token,
  onMessage: receive,
  reportError: complain,
}: RemoteSessionOptions): Promise<RemoteSession> {
  const pending = new Set<RequestId>();
  /** Nothing else is sent before the session has begun. */
  let begun = Promise.withResolvers<void>();
  let initialize: JSONRPCRequest | undefined;
  let transport: RemoteTransport | undefined;
  let reopening: Promise<void> | undefined;

  const fail = (id: RequestId, message: string) => {
    if (!pending.delete(id)) return;
    if (id === initialize?.id) begun.resolve();
    receive({ jsonrpc: '2.0', id, error: { code: UNREACHABLE_CODE, message } });
  };
  const hear = (message: JSONRPCMessage) => {
    if (!('method' in message) && message.id !== undefined) {
      pending.delete(message.id);
      if (message.id === initialize?.id) {
        if (transport) applyProtocolVersion(transport, message);
        begun.resolve();
      }
    }
    receive(message);
  };
  const cut = (id: RequestId) => {
    const advice = 'What it began may go on: look at its runs before you ask again.';
    fail(id, `The connection to ${url} ended before the answer. ${advice}`);
  };
  const open: OpenTransport = await createTransportFactory({ url, token, onResponseEnd: cut, reportError: complain });

  /** The same session again, under another id; the old transport stays until the new one is good. */
  const reopen = async () => {
    if (!initialize) throw new Error('there was no session');
    await token(true);
    const { promise, resolve } = Promise.withResolvers<JSONRPCMessage>();
    let hearNext: typeof hear = resolve;
    const next = await open((message) => hearNext(message));
    try {
      await next.send(initialize);
      const answer = await Promise.race([promise, setTimeout(RESPONSE_TIMEOUT_MS, undefined, { ref: false })]);
      if (!answer) throw new Error('it does not answer');
      if ('error' in answer) throw new Error(answer.error.message);
      applyProtocolVersion(next, answer);
      hearNext = hear;
      await next.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    } catch (error) {
      await next.close();
      throw error;
    }
    await transport?.close();
    transport = next;
  };
  const deliver = async (message: JSONRPCMessage) => {
    const used = transport;
    try {
      await used?.send(message);
    } catch (error) {
      if (message === initialize || !SESSION_LOST_STATUSES.includes((error as { code?: number }).code ?? 0))
        throw error;
      if (used === transport) {
        reopening ??= reopen().finally(() => {
          reopening = undefined;
        });
      }
      await reopening;
      await transport?.send(message);
    }
  };

  return {
    get pendingRequests() {
      return pending.size;
    },
    async send(message) {
      const request = 'method' in message && 'id' in message ? message : undefined;
      if (request) pending.add(request.id);
      try {
        if (request?.method === 'initialize') {
          begun = Promise.withResolvers();
          initialize = request;
          await transport?.close();
          transport = await open(hear);
        } else {
          await begun.promise;
          await reopening;
        }
        await deliver(message);
        // A call that was cancelled has no answer.
        if ('method' in message && message.method === 'notifications/cancelled') {
          pending.delete(message.params?.requestId as RequestId);
        }
      } catch (error) {
        const { code } = ((error as Error).cause ?? {}) as { readonly code?: string };
        if (request && code !== undefined && !CONNECTION_FAILURE.test(code)) return cut(request.id);
        const why = `${url} cannot be asked: ${error instanceof Error ? error.message : String(error)}`;
        if (request) fail(request.id, why);
        else complain(why);
      }
    },
    async close() {
      await Promise.race([transport?.terminateSession().catch(() => {}), setTimeout(CLOSE_TIMEOUT_MS)]);
      await transport?.close();
    },
  };
}

/** Every request names the version that was agreed on. */
function applyProtocolVersion(transport: RemoteTransport, answer: JSONRPCMessage): void {
  const { protocolVersion } = ('result' in answer ? answer.result : {}) as { readonly protocolVersion?: string };
  if (protocolVersion !== undefined) transport.setProtocolVersion(protocolVersion);
}

import { setTimeout } from 'node:timers/promises';
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { GetToken } from './access-token.ts';
import { type OpenTransport, type RemoteTransport, transportsTo } from './transport.ts';

/** The server's end of the bridge. */
export interface Remote {
  /** Hands a message on. A request that cannot be answered is answered with an error; nothing is thrown. */
  send(message: JSONRPCMessage): Promise<void>;
  /** Requests without an answer. */
  readonly pending: number;
  /** Ends the session. */
  close(): Promise<void>;
}

interface Options {
  readonly url: string;
  readonly token: GetToken;
  /** What the server says. */
  readonly receive: (message: JSONRPCMessage) => void;
  readonly complain: (what: string) => void;
}

type Id = string | number;

/** JSON-RPC leaves these to servers. */
const UNREACHABLE = -32_000;
/** The session is gone: the server was started anew, or the token has ended. */
const GONE = [401, 404];
const ANSWER_MS = 15_000;
const FAREWELL_MS = 1_000;

/**
 * A session with the server, which is begun anew when the server no longer knows it, because the program at the other end
 * lives longer than a server or a token. What was subscribed to is then over.
 */
export async function createRemote({ url, token, receive, complain }: Options): Promise<Remote> {
  const pending = new Set<Id>();
  /** Nothing else is sent before the session has begun. */
  let begun = Promise.withResolvers<void>();
  let initialize: JSONRPCRequest | undefined;
  let transport: RemoteTransport | undefined;
  let reopening: Promise<void> | undefined;

  const fail = (id: Id, message: string) => {
    if (!pending.delete(id)) return;
    if (id === initialize?.id) begun.resolve();
    receive({ jsonrpc: '2.0', id, error: { code: UNREACHABLE, message } });
  };
  const hear = (message: JSONRPCMessage) => {
    if (!('method' in message) && message.id !== undefined) {
      pending.delete(message.id);
      if (message.id === initialize?.id) {
        if (transport) agree(transport, message);
        begun.resolve();
      }
    }
    receive(message);
  };
  const cut = (id: Id) => {
    const advice = 'What it began may go on: look at its runs before you ask again.';
    fail(id, `The connection to ${url} ended before the answer. ${advice}`);
  };
  const open: OpenTransport = await transportsTo({ url, token, cut, complain });

  /** The same session again, under another id; the old transport stays until the new one is good. */
  const reopen = async () => {
    if (!initialize) throw new Error('there was no session');
    await token(true);
    const { promise, resolve } = Promise.withResolvers<JSONRPCMessage>();
    let hearNext: typeof hear = resolve;
    const next = await open((message) => hearNext(message));
    try {
      await next.send(initialize);
      const answer = await Promise.race([promise, setTimeout(ANSWER_MS, undefined, { ref: false })]);
      if (!answer) throw new Error('it does not answer');
      if ('error' in answer) throw new Error(answer.error.message);
      agree(next, answer);
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
      if (message === initialize || !GONE.includes((error as { code?: number }).code ?? 0)) throw error;
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
    get pending() {
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
          pending.delete(message.params?.requestId as Id);
        }
      } catch (error) {
        const why = `${url} cannot be asked: ${error instanceof Error ? error.message : String(error)}`;
        if (request) fail(request.id, why);
        else complain(why);
      }
    },
    async close() {
      await Promise.race([transport?.terminateSession().catch(() => {}), setTimeout(FAREWELL_MS)]);
      await transport?.close();
    },
  };
}

/** Every request names the version that was agreed on. */
function agree(transport: RemoteTransport, answer: JSONRPCMessage): void {
  const { protocolVersion } = ('result' in answer ? answer.result : {}) as { readonly protocolVersion?: string };
  if (protocolVersion !== undefined) transport.setProtocolVersion(protocolVersion);
}

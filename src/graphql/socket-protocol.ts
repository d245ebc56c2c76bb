import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { type Context as Connection, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { Fault } from '../core/errors.ts';
import type { SignedIn } from '../core/principal.ts';
import type { Admit } from './admission.ts';
import type { Caller, GraphqlApp } from './context.ts';
import { createGatherer } from './gather-writes.ts';
import type { LiveResults, Subscribe } from './live-subscription.ts';
import { operationParams } from './operation-params.ts';
import { formattedError, publicError } from './public-error.ts';
import { createCounts } from './socket-counts.ts';
import type { SocketLimits } from './socket-limits.ts';
import type { FindText } from './trusted-documents.ts';

// graphql-ws and its client: 4403 and 1013 make a client reconnect, 4500 does not.
const FORBIDDEN = 4403;
const BROKEN = 4500;
const TRY_AGAIN_LATER = 1013;
const TEXT = { binary: false };
/** Later than at once by this much at most; far below what anybody sees. */
const GATHER_MS = 5;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** RFC 6455, section 5.5: a control frame has 125 bytes, two of which are the code. */
const REASON_BYTES = 123;

/** One socket. */
export interface Peer {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  readonly req: IncomingMessage;
  readonly info: Omit<Caller, 'principal'>;
  /** Aborts when the socket has closed. */
  readonly gone: AbortController;
  /** Something came since the last ping. */
  alive: boolean;
  /** Known from `connection_init` on. */
  caller: Caller | undefined;
}

/** The parse, validate and execute of the HTTP side, with all its plugins, for one operation. */
export type Enveloped = (initial: { readonly caller: Caller; readonly signal: AbortSignal }) => {
  readonly schema: ExecutionArgs['schema'];
  parse(text: string): ExecutionArgs['document'];
  validate(schema: ExecutionArgs['schema'], document: ExecutionArgs['document']): readonly GraphQLError[];
  contextFactory(): Promise<unknown> | unknown;
  execute(args: ExecutionArgs): Promise<ExecutionResult> | ExecutionResult;
};

export interface ProtocolDeps {
  readonly app: GraphqlApp;
  readonly textOf: FindText;
  readonly getEnveloped: Enveloped;
  readonly admit: Admit;
  /** Past the plugins, which would wrap every result of every subscriber. */
  readonly subscribe: Subscribe;
  readonly limits: SocketLimits;
}

export interface SocketProtocol extends Server<Peer> {
  /** Resolves when the text has left this process. A reader that lets too much wait is cut off. */
  send(peer: Peer, text: string | Buffer): Promise<void>;
  /** Closes the socket over something that should not have happened. */
  broken(peer: Peer, error: unknown): void;
}

/** What is said on a socket: the protocol `graphql-transport-ws`, with the plugins and errors of the HTTP side. */
export function createSocketProtocol(deps: ProtocolDeps): SocketProtocol {
  const { app, textOf, getEnveloped, admit, limits } = deps;
  const gather = createGatherer(GATHER_MS);
  const ofPrincipal = createCounts(limits.socketsOfPrincipal);

  const send = (peer: Peer, text: string | Buffer): Promise<void> => {
    const { socket } = peer;
    if (socket.bufferedAmount > limits.cutBytes) socket.terminate();
    return new Promise((resolve) => socket.send(text, TEXT, () => resolve()));
  };

  const broken = ({ socket, info }: Peer, error: unknown) => {
    const reference = randomUUID();
    const traceId = info.traceId ?? '';
    app.logger.error('graphql.socket_broken', { reference, traceId, error: stackOf(error) });
    close(socket, BROKEN, `Something broke inside the server; the log has it as ${reference}.`);
  };

  const connect = async ({ connectionParams, extra: peer }: Connection<undefined, Peer>): Promise<boolean> => {
    const { socket, req, info, gone } = peer;
    try {
      const principal = await app.authenticator.authenticate(authorizationOf(connectionParams) ?? req.headers.authorization);
      if (principal.kind !== 'anonymous') {
        const release = ofPrincipal.take(`${principal.tenant}\n${principal.subject}`);
        if (!release) {
          close(socket, TRY_AGAIN_LATER, `One user has at most ${limits.socketsOfPrincipal} sockets; close another one.`);
          return true;
        }
        whenGone(gone.signal, release);
        closeWhenExpired(peer, principal);
      }
      peer.caller = { ...info, principal };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      close(socket, error.code === 'UNAUTHENTICATED' ? FORBIDDEN : TRY_AGAIN_LATER, error.message);
    }
    // The socket is closed already where it is not welcome: `false` would hide why.
    return true;
  };

  const closeWhenExpired = ({ socket, gone }: Peer, principal: SignedIn) => {
    if (principal.kind !== 'user' || !principal.expiresAt) return;
    const ms = principal.expiresAt.getTime() - app.clock.now().getTime();
    if (ms > LONGEST_TIMER_MS) return;
    const timer = setTimeout(() => close(socket, FORBIDDEN, 'token expired'), Math.max(0, ms)).unref();
    whenGone(gone.signal, () => clearTimeout(timer));
  };

  const prepare = async (
    { extra: { caller, gone }, subscriptions }: Connection<undefined, Peer>,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> => {
    try {
      if (!caller) throw new Fault('UNAUTHENTICATED', 'The socket is closing.');
      if (Object.keys(subscriptions).length > limits.operations) {
        throw new Fault('TOO_COSTLY', `A socket has at most ${limits.operations} operations at a time; end one first.`);
      }
      const params = operationParams(payload);
      const { schema, parse, validate, contextFactory } = getEnveloped({ caller, signal: gone.signal });
      const document = parse(textOf(params));
      const errors = validate(schema, document);
      if (errors.length > 0) return errors;
      const { operationName = null, variables = {} } = params;
      return { schema, document, operationName, variableValues: variables, contextValue: await contextFactory() };
    } catch (error) {
      return [publicError(error, app)];
    }
  };

  const run = async <T>(work: () => Promise<T> | T): Promise<T | ExecutionResult> => {
    try {
      return await work();
    } catch (error) {
      return { errors: [publicError(error, app)] };
    }
  };

  const server = makeServer<undefined, Peer>({
    connectionInitWaitTimeout: limits.initMs,
    onConnect: connect,
    onSubscribe: async (connection, id, payload) => {
      const args = await prepare(connection, payload);
      return 'schema' in args ? { ...args, rootValue: { peer: connection.extra, id } } : args;
    },
    execute: (args) => run(() => enveloped(args).execute(args)),
    subscribe: async (args) => {
      const results = await run(() => {
        admit(args);
        return deps.subscribe(args);
      });
      if (!('next' in results)) return results;
      const { peer, id } = args.rootValue as { readonly peer: Peer; readonly id: string };
      return pump(results, peer, id);
    },
    onNext: (_connection, _id, _payload, _args, { data, errors }) => ({
      ...(data !== undefined && { data }),
      ...(errors && { errors: errors.map(formattedError) }),
    }),
    // A subscription's own error arrives wrapped; what a client may know of it is in the one inside.
    onError: (_connection, _id, _payload, errors) =>
      errors.map((error) => formattedError(publicError(error.cause instanceof GraphQLError ? error.cause : error, app))),
  });

  const enveloped = (args: ExecutionArgs) => {
    const { caller, gone } = (args.rootValue as { readonly peer: Peer }).peer;
    return getEnveloped({ caller: caller as Caller, signal: gone.signal });
  };

  /**
   * Writes each result to the socket itself, because graphql-ws would serialize it again for every subscriber, and
   * only tells graphql-ws when there are no more. The next one is pulled when the socket has room for it.
   */
  const pump = (results: LiveResults, peer: Peer, id: string): AsyncGenerator<never, void, void> => {
    const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    const done = { done: true as const, value: undefined };
    let stopped = false;
    return {
      async next() {
        try {
          for (;;) {
            const result = await results.next();
            if (result.done || stopped) return done;
            const message = around(head, result.value.bytes());
            gather(peer.stream);
            if (peer.socket.bufferedAmount < limits.pauseBytes) peer.socket.send(message, TEXT);
            else await send(peer, message);
          }
        } catch (error) {
          if (error instanceof DOMException) return done;
          if (!(error instanceof GraphQLError) || error.extensions.code !== 'UNAUTHENTICATED') throw error;
          close(peer.socket, FORBIDDEN, 'token expired');
          return done;
        }
      },
      async return() {
        stopped = true;
        await results.return?.();
        return done;
      },
      async throw(error) {
        stopped = true;
        await results.return?.();
        throw error;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
      async [Symbol.asyncDispose]() {
        await this.return();
      },
    };
  };

  return { opened: (socket, peer) => server.opened(socket, peer), send, broken };
}

/** The message whose payload is the result. */
function around(head: Buffer, result: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(head.byteLength + result.byteLength + 1);
  message.set(head);
  message.set(result, head.byteLength);
  message[message.byteLength - 1] = 0x7d; // }
  return message;
}

/** A token in `connection_init`: `{"Authorization": "Bearer …"}` or `{"token": "…"}`. */
function authorizationOf(params: unknown): string | undefined {
  const found: Record<string, unknown> = Object(params);
  const header = found.Authorization ?? found.authorization;
  if (typeof header === 'string') return header;
  return typeof found.token === 'string' ? `Bearer ${found.token}` : undefined;
}

function whenGone(gone: AbortSignal, act: () => void): void {
  if (gone.aborted) act();
  else gone.addEventListener('abort', act, { once: true });
}

function close(socket: WebSocket, code: number, reason: string): void {
  const bytes = Buffer.from(reason);
  socket.close(code, bytes.byteLength <= REASON_BYTES ? bytes : bytes.subarray(0, REASON_BYTES - 3).toString().replace(/\uFFFD$/, '') + '…');
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

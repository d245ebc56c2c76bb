import { randomUUID } from 'node:crypto';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { type Context as Connection, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { Fault } from '../../../core/errors.ts';
import { lossyNumberMessage } from '../../../lib/lossy-numbers.ts';
import type { AdmitOperation } from '../operations/admission.ts';
import { parseOperationParams } from '../operations/operation-params.ts';
import type { ResolveDocument } from '../operations/trusted-documents.ts';
import type { Caller, GraphqlApp } from '../request/context.ts';
import { formatError, publicError } from '../request/public-error.ts';
import type { Subscribe } from '../subscriptions/live-subscription.ts';
import { createPeerAuthenticator } from './authenticate-peer.ts';
import { CLOSE_BAD_REQUEST, CLOSE_INTERNAL_ERROR, closePeer, type Peer } from './peer.ts';
import { createWriteBatcher, sendResults } from './send-results.ts';
import type { SocketLimits } from './socket-limits.ts';

/** How much later than at once a result may leave; far below what anybody sees. */
const MAX_WRITE_WAIT_MS = 5;

/** How graphql-ws reports `next`, `error` and `connection_ack` from a client, which are mistakes of that client. */
const SERVER_MESSAGE_ERROR = /^Unexpected message of type \w+ received$/;

/** The parse, validate and execute of the HTTP side, with all its plugins, for one operation. */
type GetEnveloped = (initial: { readonly caller: Caller; readonly signal: AbortSignal }) => {
  readonly schema: ExecutionArgs['schema'];
  parse(text: string): ExecutionArgs['document'];
  validate(schema: ExecutionArgs['schema'], document: ExecutionArgs['document']): readonly GraphQLError[];
  contextFactory(): Promise<unknown> | unknown;
  execute(args: ExecutionArgs): Promise<ExecutionResult> | ExecutionResult;
};

export interface SocketProtocolDeps {
  readonly app: GraphqlApp;
  readonly resolveDocument: ResolveDocument;
  readonly getEnveloped: GetEnveloped;
  readonly admit: AdmitOperation;
  /** Past the plugins, which would wrap every result of every subscriber. */
  readonly subscribe: Subscribe;
  readonly limits: SocketLimits;
}

/** What graphql-ws hands from `onSubscribe` to `execute` and `subscribe`. */
interface SocketOperation {
  readonly peer: Peer;
  readonly id: string;
  readonly execute: ReturnType<GetEnveloped>['execute'];
  readonly stop: AbortController;
}

export interface SocketProtocol extends Server<Peer> {
  /** Closes the socket after an unexpected error. */
  closeOnError(peer: Peer, error: unknown): void;
}

/** The protocol `graphql-transport-ws`, with the plugins and errors of the HTTP side. */
export function createSocketProtocol(deps: SocketProtocolDeps): SocketProtocol {
  const { app, resolveDocument: textOf, getEnveloped, admit, subscribe, limits } = deps;
  const connect = createPeerAuthenticator(app, limits);
  const gather = createWriteBatcher(MAX_WRITE_WAIT_MS);
  /** Aborts when the client has completed the operation with this payload, or has gone. */
  const stops = new WeakMap<SubscribePayload, AbortController>();

  /** graphql-ws knows operations by ID alone, and would send the rest of a stopped one to the next with its ID. */
  const unlessStopped = <T>(payload: SubscribePayload, value: T): T | Promise<never> =>
    stops.get(payload)?.signal.aborted ? new Promise<never>(() => {}) : value;

  const prepare = async (connection: Connection<undefined, Peer>, id: string, payload: SubscribePayload) => {
    const { extra: peer, subscriptions } = connection;
    const { caller, lossyNumber } = peer;
    const stop = new AbortController();
    stops.set(payload, stop);
    subscriptions[id] = abortOnReturn(stop);
    if (!caller) throw new Fault('UNAUTHENTICATED', 'The socket is closing.');
    if (Object.keys(subscriptions).length > limits.maxOperations) {
      throw new Fault(
        'TOO_COSTLY',
        `A socket may have at most ${limits.maxOperations} concurrent operations. End one first.`,
      );
    }
    if (lossyNumber !== undefined) throw new Fault('BAD_INPUT', lossyNumberMessage(lossyNumber));
    const params = parseOperationParams(payload);
    const { schema, parse, validate, contextFactory, execute } = getEnveloped({ caller, signal: stop.signal });
    const document = parse(textOf(params));
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    const { operationName = null, variables: variableValues = {} } = params;
    const rootValue: SocketOperation = { peer, id, execute, stop };
    const args = { schema, document, operationName, variableValues, rootValue, contextValue: await contextFactory() };
    admit(args);
    return args;
  };

  /** graphql-ws closes the whole socket when a hook throws. */
  const guarded = async <T, U>(work: () => Promise<T> | T, otherwise: (error: GraphQLError) => U): Promise<T | U> => {
    try {
      return await work();
    } catch (error) {
      return otherwise(publicError(error, app));
    }
  };
  const failed = (error: GraphQLError): ExecutionResult => ({ errors: [error] });

  const server = makeServer<undefined, Peer>({
    connectionInitWaitTimeout: limits.initTimeoutMs,
    // A rejected peer is already closed; returning `false` would hide the reason.
    onConnect: ({ extra, connectionParams }) => connect(extra, connectionParams),
    onSubscribe: (connection, id, payload) =>
      guarded(
        () => prepare(connection, id, payload),
        (error) => [error],
      ),
    execute: (args) => guarded(() => (args.rootValue as SocketOperation).execute(args), failed),
    subscribe: async (args) => {
      const results = await guarded(() => subscribe(args), failed);
      const { peer, id, stop } = args.rootValue as SocketOperation;
      if (!('next' in results)) return results;
      if (!stop.signal.aborted) return sendResults(results, peer, id, { gather, limits, stop });
      await results.return?.();
      return new Promise<never>(() => {});
    },
    onNext: (_connection, _id, payload, _args, { data, errors }) =>
      unlessStopped(payload, {
        ...(data !== undefined && { data }),
        ...(errors && { errors: errors.map(formatError) }),
      }),
    // The error of a subscription arrives wrapped; the public part is its cause.
    onError: (_connection, _id, payload, errors) =>
      unlessStopped(
        payload,
        errors.map((error) => formatError(publicError(error.cause instanceof GraphQLError ? error.cause : error, app))),
      ),
    onComplete: (_connection, _id, payload) => unlessStopped(payload, undefined),
  });

  return {
    opened: (socket, peer) => server.opened(socket, peer),
    closeOnError(peer, error) {
      if (error instanceof Error && SERVER_MESSAGE_ERROR.test(error.message)) {
        closePeer(peer, CLOSE_BAD_REQUEST, 'Only a server sends messages of this type.');
        return;
      }
      const reference = randomUUID();
      const stack = error instanceof Error ? error.stack : String(error);
      app.logger.error('graphql.socket_broken', { reference, error: stack });
      closePeer(
        peer,
        CLOSE_INTERNAL_ERROR,
        `An unexpected error occurred. The log has it under the reference ${reference}.`,
      );
    },
  };
}

/** What graphql-ws lists for an operation, and returns when the client completes the operation or has gone. */
function abortOnReturn(stop: AbortController): AsyncGenerator<void> {
  const generator = (async function* () {
    try {
      yield;
    } finally {
      stop.abort();
    }
  })();
  // The return of a generator that has not begun would skip its `finally`.
  void generator.next();
  return generator;
}

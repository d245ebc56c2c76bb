import { randomUUID } from 'node:crypto';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { type Context as Connection, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { Fault } from '../../../core/errors.ts';
import type { AdmitOperation } from '../operations/admission.ts';
import { parseOperationParams } from '../operations/operation-params.ts';
import type { ResolveDocument } from '../operations/trusted-documents.ts';
import type { Caller, GraphqlApp } from '../request/context.ts';
import { formatError, publicError } from '../request/public-error.ts';
import type { Subscribe } from '../subscriptions/live-subscription.ts';
import { createPeerAuthenticator } from './authenticate-peer.ts';
import { CLOSE_INTERNAL_ERROR, closePeer, type Peer } from './peer.ts';
import { createWriteBatcher, sendResults } from './send-results.ts';
import type { SocketLimits } from './socket-limits.ts';

/** Later than at once by this much at most; far below what anybody sees. */
const WRITE_BATCH_MS = 5;

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
}

export interface SocketProtocol extends Server<Peer> {
  /** Closes the socket after an unexpected error. */
  closeOnError(peer: Peer, error: unknown): void;
}

/** The protocol `graphql-transport-ws`, with the plugins and errors of the HTTP side. */
export function createSocketProtocol(deps: SocketProtocolDeps): SocketProtocol {
  const { app, resolveDocument: textOf, getEnveloped, admit, subscribe, limits } = deps;
  const connect = createPeerAuthenticator(app, limits);
  const gather = createWriteBatcher(WRITE_BATCH_MS);

  const prepare = async (connection: Connection<undefined, Peer>, id: string, payload: SubscribePayload) => {
    const { extra: peer, subscriptions } = connection;
    const { caller, closed: gone } = peer;
    if (!caller) throw new Fault('UNAUTHENTICATED', 'The socket is closing.');
    if (Object.keys(subscriptions).length > limits.maxOperations) {
      throw new Fault(
        'TOO_COSTLY',
        `A socket may have at most ${limits.maxOperations} concurrent operations. End one first.`,
      );
    }
    const params = parseOperationParams(payload);
    const { schema, parse, validate, contextFactory, execute } = getEnveloped({ caller, signal: gone.signal });
    const document = parse(textOf(params));
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    const { operationName = null, variables: variableValues = {} } = params;
    const rootValue: SocketOperation = { peer, id, execute };
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
      const { peer, id } = args.rootValue as SocketOperation;
      return 'next' in results ? sendResults(results, peer, id, { gather, limits }) : results;
    },
    onNext: (_connection, _id, _payload, _args, { data, errors }) => ({
      ...(data !== undefined && { data }),
      ...(errors && { errors: errors.map(formatError) }),
    }),
    // The error of a subscription arrives wrapped; the public part is its cause.
    onError: (_connection, _id, _payload, errors) =>
      errors.map((error) => formatError(publicError(error.cause instanceof GraphQLError ? error.cause : error, app))),
  });

  return {
    opened: (socket, peer) => server.opened(socket, peer),
    closeOnError(peer, error) {
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

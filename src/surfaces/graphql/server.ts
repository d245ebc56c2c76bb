import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createYoga } from 'graphql-yoga';
import { createFastPath, type YogaFallback } from './http/fast-path.ts';
import { useGraphiql } from './http/graphiql/graphiql.ts';
import { isJsonRequest, useHttpRules } from './http/http-rules.ts';
import { useDrainCutoff, useLiveSubscriptions } from './http/server-sent-events.ts';
import { createAdmission, useAdmission } from './operations/admission.ts';
import { createDocumentCache, useDocumentCache } from './operations/document-cache.ts';
import { useOperationSpans } from './operations/operation-spans.ts';
import { loadTrustedDocuments, resolveAnyDocument } from './operations/trusted-documents.ts';
import { authenticateCaller } from './request/caller.ts';
import { type Caller, type Context, createContext, type GraphqlApp, type TransportInfo } from './request/context.ts';
import { publicError } from './request/public-error.ts';
import { buildSchema } from './schema/schema.ts';
import type { SocketLimits } from './socket/socket-limits.ts';
import { createSocketServer } from './socket/socket-server.ts';
import { createSubscribe } from './subscriptions/live-subscription.ts';

export interface GraphqlServer {
  /** Answers `/graphql`: operations, subscriptions as server-sent events, GraphiQL. */
  handle(req: IncomingMessage, res: ServerResponse, info: TransportInfo): Promise<void>;
  /** Takes a WebSocket handshake for `graphql-transport-ws`. The origin was checked. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, info: TransportInfo): void;
  /** Ends every subscription and socket; clients that reconnect go on from their cursors. */
  close(): Promise<void>;
}

/** A request as the HTTP server hands it over, and an operation as it comes on a socket. */
interface HttpContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly info: TransportInfo;
  /** What the short way left. */
  readonly fallback?: YogaFallback;
}

interface SocketContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** GraphQL over HTTP and WebSocket: one schema, one set of limits, one way of telling errors. */
export function createGraphqlServer(app: GraphqlApp, limits: Partial<SocketLimits> = {}): GraphqlServer {
  const { server } = app.config;
  const schema = buildSchema(app.commands);
  const documents = createDocumentCache(schema, app);
  const admit = createAdmission(schema, documents);
  const subscribe = createSubscribe(schema, app);
  const textOf =
    server.trustedDocuments === undefined ? resolveAnyDocument : loadTrustedDocuments(server.trustedDocuments);

  const yoga = createYoga<HttpContext | SocketContext, Context>({
    schema,
    plugins: [
      useGraphiql({ enabled: server.graphiql }),
      useHttpRules(textOf),
      useDrainCutoff(),
      useDocumentCache(documents),
      useAdmission(admit),
      useLiveSubscriptions(subscribe),
      useOperationSpans(),
    ],
    context: async (from) => {
      if ('caller' in from) return createContext(app, from.caller, from.signal);
      const { req, info, request } = from;
      return createContext(
        app,
        { ...info, ...(await authenticateCaller(app, req.headers.authorization)) },
        request.signal,
      );
    },
    maskedErrors: { maskError: (error) => publicError(error, app) },
    // What Yoga would do otherwise is done above, by the HTTP server, or not wanted.
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    healthCheckEndpoint: '/graphql/health',
    logging: false,
  });
  const sockets = createSocketServer(
    { app, resolveDocument: textOf, admit, subscribe, getEnveloped: yoga.getEnveloped },
    limits,
  );

  // Yoga's executor without the hooks, which the short way does not need.
  const { execute } = createYoga({ schema, maskedErrors: false, logging: false }).getEnveloped({});
  const answer = createFastPath({ app, schema, documents, admit, resolveDocument: textOf, execute });

  return {
    handle: async (req, res, info) => {
      // What one caller may see is nobody else's; the files of GraphiQL say otherwise themselves.
      res.setHeader('Cache-Control', 'no-store');
      if (req.method !== 'POST' || !isJsonRequest(req)) return yoga(req, res, { info });
      const begun = await answer(req, res, info);
      if (begun) await yoga(req, res, { info, fallback: begun });
    },
    upgrade: (req, socket, head, info) => sockets.upgrade(req, socket, head, info),
    close: () => sockets.close(),
  };
}

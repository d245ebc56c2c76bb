import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createYoga } from 'graphql-yoga';
import { createFastPath, type YogaFallback } from './http/fast-path.ts';
import { useGraphiql } from './http/graphiql/graphiql.ts';
import { isJsonRequest, useCompression, useHttpRules } from './http/http-rules.ts';
import { useDrainCutoff, useLiveSubscriptions } from './http/server-sent-events.ts';
import { createAdmission, useAdmission } from './operations/admission.ts';
import { createDocumentCache, useDocumentCache } from './operations/document-cache.ts';
import { useExecutor } from './operations/execute-operation.ts';
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
  /** Accepts a WebSocket handshake for `graphql-transport-ws`. The caller has checked the origin. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, info: TransportInfo): void;
  /** Ends every subscription and socket; clients reconnect and continue from their cursors. */
  close(): Promise<void>;
}

/** Yoga's server context of a request over HTTP. */
interface HttpContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly info: TransportInfo;
  /** What the fast path left to Yoga. */
  readonly fallback?: YogaFallback;
  /** The request was a HEAD, which Yoga answers like a GET. */
  readonly isHead?: boolean;
}

/** Yoga's server context of an operation on a socket. */
interface SocketContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** GraphQL over HTTP and WebSocket: one schema, one set of limits, one format of errors. */
export function createGraphqlServer(app: GraphqlApp, limits: Partial<SocketLimits> = {}): GraphqlServer {
  const { server } = app.config;
  const schema = buildSchema(app.commands, app);
  const documents = createDocumentCache(schema, app);
  const admit = createAdmission(schema, documents);
  const subscribe = createSubscribe(schema, app);
  const { trustedDocuments, dashboard } = server;
  const ofDashboard = dashboard === undefined ? [] : [join(dashboard, 'documents.json')].filter(existsSync);
  const resolveDocument =
    trustedDocuments === undefined ? resolveAnyDocument : loadTrustedDocuments([trustedDocuments, ...ofDashboard]);

  const yoga = createYoga<HttpContext | SocketContext, Context>({
    schema,
    plugins: [
      useGraphiql({ enabled: server.graphiql }),
      useHttpRules(resolveDocument),
      useCompression(),
      useDrainCutoff(),
      useDocumentCache(documents),
      useAdmission(admit),
      useLiveSubscriptions(subscribe),
      useExecutor(),
    ],
    context: async (from) => {
      if ('caller' in from) return createContext(app, from.caller, from.signal);
      const { req, info, request } = from;
      return createContext(
        app,
        { ...info, ...(await authenticateCaller(app, req.headers.authorization, info)) },
        request.signal,
      );
    },
    maskedErrors: { maskError: (error) => publicError(error, app) },
    // These are done above or by the HTTP server, or are not wanted.
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
    { app, resolveDocument, admit, subscribe, getEnveloped: yoga.getEnveloped },
    limits,
  );

  const answer = createFastPath({ app, schema, documents, admit, resolveDocument });

  return {
    handle: async (req, res, info) => {
      // Responses depend on the caller; the files of GraphiQL override this.
      res.setHeader('Cache-Control', 'no-store');
      const isHead = req.method === 'HEAD';
      // Node sends no body, because the response was made for a HEAD.
      if (isHead) req.method = 'GET';
      if (req.method !== 'POST' || !isJsonRequest(req)) return yoga(req, res, { info, isHead });
      const fallback = await answer(req, res, info);
      if (fallback) await yoga(req, res, { info, fallback });
    },
    upgrade: (req, socket, head, info) => sockets.upgrade(req, socket, head, info),
    close: () => sockets.close(),
  };
}

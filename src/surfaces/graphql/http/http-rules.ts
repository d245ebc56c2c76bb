import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { Fault } from '../../../core/errors.ts';
import type { ResolveDocument } from '../operations/trusted-documents.ts';
import { negotiateResultType } from './accept.ts';
import { parseOperationRequest, type YogaFallback } from './fast-path.ts';

/**
 * A page of another site can make a browser send a GET or a form, but with one of these headers the browser asks this
 * server first (Fetch standard, CORS-safelisted request-header).
 */
const PREFLIGHT_HEADERS = ['graphql-require-preflight', 'apollo-require-preflight', 'x-csrf'];
const JSON_MEDIA_TYPE = /^application\/json\s*(?:;|$)/i;

const STREAM_REQUIRED_ERROR = new GraphQLError(
  'A subscription is a stream, which the Accept header excludes. Accept text/event-stream, or use a WebSocket.',
  {
    extensions: { code: 'BAD_INPUT', http: { status: 406, spec: false } },
  },
);

interface HttpRulesContext {
  readonly req: IncomingMessage;
  /** Set for every POST of JSON. */
  readonly fallback?: YogaFallback;
}

/** Whether the request declares a JSON body, which no HTML form can do. */
export function isJsonRequest(req: IncomingMessage): boolean {
  return JSON_MEDIA_TYPE.test(req.headers['content-type'] ?? '');
}

/**
 * The server accepts POST with `application/json`, and GET with a header that makes a browser ask first. It accepts no
 * forms, no multipart and no batches.
 */
export function useHttpRules(resolveDocument: ResolveDocument): Plugin<object, HttpRulesContext> {
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      const { req, fallback } = serverContext;
      if (request.method === 'POST') {
        if (!fallback) throw new Fault('BAD_INPUT', 'A POST must have Content-Type: application/json.');
        setRequestParser(fallback.request);
      } else if (request.method === 'GET') {
        if (!isJsonRequest(req) && !PREFLIGHT_HEADERS.some((name) => req.headers[name] !== undefined)) {
          throw new Fault(
            'BAD_INPUT',
            `A GET requires the header ${PREFLIGHT_HEADERS[0]}, so that no other site can send it. Add the header, or use POST.`,
          );
        }
        setRequestParser(() => parseOperationRequest(parseQueryParams(req.url ?? ''), resolveDocument));
      }
    },
    onParams({ context, setResult }) {
      if (context.fallback?.result) setResult(context.fallback.result);
    },
    onResultProcess({ request, result, setResult, resultProcessor, setResultProcessor }) {
      if (isAsyncIterable(result)) {
        if (resultProcessor) return;
        void result[Symbol.asyncIterator]().return?.();
        setResult({ errors: [STREAM_REQUIRED_ERROR] });
      }
      const mediaType = negotiateResultType(request.headers.get('accept') ?? undefined);
      // A client that accepts neither media type gets JSON: GraphQL over HTTP permits disregarding the header.
      if (mediaType || !resultProcessor) setResultProcessor(processRegularResult, mediaType ?? 'application/json');
    },
  };
}

function parseQueryParams(url: string): unknown {
  const search = new URLSearchParams(url.replace(/^[^?]*\??/, ''));
  const params: Record<string, unknown> = {};
  for (const [name, value] of search)
    params[name] = name === 'variables' || name === 'extensions' ? parseJsonParam(value) : value;
  return params;
}

function parseJsonParam(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('BAD_INPUT', 'variables and extensions must be JSON in the query string.');
  }
}

import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { Fault } from '../../../core/errors.ts';
import type { ResolveDocument } from '../operations/trusted-documents.ts';
import { parseOperationRequest, type YogaFallback } from './fast-path.ts';

/**
 * A page of another site can make a browser send a GET, or a form, but not one of these without asking this server
 * first (Fetch standard, CORS-safelisted request-header).
 */
const PREFLIGHT_HEADERS = ['graphql-require-preflight', 'apollo-require-preflight', 'x-csrf'];
const JSON_MEDIA_TYPE = /^application\/json\s*(?:;|$)/i;

const STREAM_REQUIRED_ERROR = new GraphQLError(
  'A subscription is answered as text/event-stream, or over a WebSocket; accept one.',
  {
    extensions: { code: 'BAD_INPUT', http: { status: 406, spec: false } },
  },
);

interface HttpRulesContext {
  readonly req: IncomingMessage;
  /** Set for every POST of JSON. */
  readonly fallback?: YogaFallback;
}

/** Whether a request says that it brings JSON, which no form of a page can say. */
export function isJsonRequest(req: IncomingMessage): boolean {
  return JSON_MEDIA_TYPE.test(req.headers['content-type'] ?? '');
}

/**
 * What the server takes over HTTP: POST with `application/json`, and GET with a header that makes a browser ask first.
 * No forms, no multipart, no lists of operations.
 */
export function useHttpRules(textOf: ResolveDocument): Plugin<object, HttpRulesContext> {
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      const { req, fallback: begun } = serverContext;
      if (request.method === 'POST') {
        if (!begun) throw new Fault('BAD_INPUT', 'Send the request as Content-Type: application/json.');
        setRequestParser(begun.request);
      } else if (request.method === 'GET') {
        if (!isJsonRequest(req) && !PREFLIGHT_HEADERS.some((name) => req.headers[name] !== undefined)) {
          throw new Fault(
            'BAD_INPUT',
            `A GET needs the header ${PREFLIGHT_HEADERS[0]}, so that no other site can send it.`,
          );
        }
        setRequestParser(() => parseOperationRequest(parseQueryParams(req.url ?? ''), textOf));
      }
    },
    onParams({ context, setResult }) {
      if (context.fallback?.result) setResult(context.fallback.result);
    },
    onResultProcess({ result, setResult, resultProcessor, setResultProcessor }) {
      // A client that accepts nothing of what there is still gets to know what went wrong.
      if (resultProcessor) return;
      if (isAsyncIterable(result)) {
        void result[Symbol.asyncIterator]().return?.();
        setResult({ errors: [STREAM_REQUIRED_ERROR] });
      }
      setResultProcessor(processRegularResult, 'application/json');
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
    throw new Fault('BAD_INPUT', 'variables and extensions are JSON in the query string.');
  }
}

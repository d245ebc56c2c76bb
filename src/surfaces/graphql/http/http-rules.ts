import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { Fault } from '../../../core/errors.ts';
import type { FindText } from '../operations/trusted-documents.ts';
import { askedBy, type Begun } from './fast-path.ts';

/**
 * A page of another site can make a browser send a GET, or a form, but not one of these without asking this server
 * first (Fetch standard, CORS-safelisted request-header).
 */
const PREFLIGHT_HEADERS = ['graphql-require-preflight', 'apollo-require-preflight', 'x-csrf'];
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

const NEEDS_STREAM = new GraphQLError(
  'A subscription is answered as text/event-stream, or over a WebSocket; accept one.',
  {
    extensions: { code: 'BAD_INPUT', http: { status: 406, spec: false } },
  },
);

interface FromHttp {
  readonly req: IncomingMessage;
  /** Set for every POST of JSON. */
  readonly begun?: Begun;
}

/** Whether a request says that it brings JSON, which no form of a page can say. */
export function isJson(req: IncomingMessage): boolean {
  return JSON_TYPE.test(req.headers['content-type'] ?? '');
}

/**
 * What the server takes over HTTP: POST with `application/json`, and GET with a header that makes a browser ask first.
 * No forms, no multipart, no lists of operations.
 */
export function useHttpRules(textOf: FindText): Plugin<object, FromHttp> {
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      const { req, begun } = serverContext;
      if (request.method === 'POST') {
        if (!begun) throw new Fault('BAD_INPUT', 'Send the request as Content-Type: application/json.');
        setRequestParser(begun.asked);
      } else if (request.method === 'GET') {
        if (!isJson(req) && !PREFLIGHT_HEADERS.some((name) => req.headers[name] !== undefined)) {
          throw new Fault(
            'BAD_INPUT',
            `A GET needs the header ${PREFLIGHT_HEADERS[0]}, so that no other site can send it.`,
          );
        }
        setRequestParser(() => askedBy(queryParams(req.url ?? ''), textOf));
      }
    },
    onParams({ context, setResult }) {
      if (context.begun?.result) setResult(context.begun.result);
    },
    onResultProcess({ result, setResult, resultProcessor, setResultProcessor }) {
      // A client that accepts nothing of what there is still gets to know what went wrong.
      if (resultProcessor) return;
      if (isAsyncIterable(result)) {
        void result[Symbol.asyncIterator]().return?.();
        setResult({ errors: [NEEDS_STREAM] });
      }
      setResultProcessor(processRegularResult, 'application/json');
    },
  };
}

function queryParams(url: string): unknown {
  const search = new URLSearchParams(url.replace(/^[^?]*\??/, ''));
  const params: Record<string, unknown> = {};
  for (const [name, value] of search)
    params[name] = name === 'variables' || name === 'extensions' ? json(value) : value;
  return params;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('BAD_INPUT', 'variables and extensions are JSON in the query string.');
  }
}

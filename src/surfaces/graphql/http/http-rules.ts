import type { IncomingMessage } from 'node:http';
import { getSSEProcessor, isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { lossyNumberIn, lossyNumberMessage } from '../../../lib/lossy-numbers.ts';
import { charsetOf } from '../../../lib/media-type.ts';
import { compress, MIN_COMPRESSED_BYTES, negotiateCoding } from '../../../resources/content/compress.ts';
import type { ResolveDocument } from '../operations/trusted-documents.ts';
import { negotiateMediaType, negotiateResultType } from '../request/accept.ts';
import { requestError } from '../request/request-error.ts';
import { NOT_ACCEPTABLE_ERROR, parseOperationRequest, type YogaFallback } from './fast-path.ts';

/**
 * A page of another site can make a browser send a GET or a form, but with one of these headers the browser asks this
 * server first (Fetch standard, CORS-safelisted request-header).
 */
const PREFLIGHT_HEADERS = ['graphql-require-preflight', 'apollo-require-preflight', 'x-csrf'];
const JSON_MEDIA_TYPE = /^application\/json\s*(?:;|$)/i;

const STREAM_REQUIRED_ERROR = requestError(
  406,
  'A subscription is a stream, which this request excludes. Accept text/event-stream, or use a WebSocket.',
);

interface HttpRulesContext {
  readonly req: IncomingMessage;
  /** Set for every POST of JSON. */
  readonly fallback?: YogaFallback;
  /** The response has no body. */
  readonly isHead?: boolean;
  /** Set once the request has been read; until then, a failure is one of HTTP. */
  isWellFormed?: boolean;
}

/** Whether the request declares a body of JSON in UTF-8, which no HTML form can do. */
export function isJsonRequest({ headers }: IncomingMessage): boolean {
  const type = headers['content-type'] ?? '';
  if (!JSON_MEDIA_TYPE.test(type) || (headers['content-encoding'] ?? 'identity') !== 'identity') return false;
  return !type.includes(';') || ['utf-8', 'utf8', undefined].includes(charsetOf(type));
}

/**
 * Whether a browser would have asked this server before it sent the request for a page of another site. Credentials of
 * other schemes than Bearer are left to browsers, which may add them to any request.
 */
function isPreflighted(req: IncomingMessage): boolean {
  const { headers } = req;
  return (
    /^bearer /i.test(headers.authorization ?? '') ||
    isJsonRequest(req) ||
    // No page can set it (Fetch Metadata). An EventSource has no other header.
    headers['sec-fetch-site'] === 'same-origin' ||
    PREFLIGHT_HEADERS.some((name) => headers[name] !== undefined)
  );
}

/**
 * The server accepts POST with `application/json`, and GET with a header that makes a browser ask first. It accepts no
 * forms, no multipart and no batches.
 */
export function useHttpRules(resolveDocument: ResolveDocument): Plugin<object, HttpRulesContext> {
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      const { req, fallback } = serverContext;
      const isGet = request.method === 'GET';
      if (!isGet && !fallback)
        throw requestError(
          415,
          'A POST must have Content-Type: application/json, in UTF-8 and without Content-Encoding.',
        );
      if (isGet && !isPreflighted(req)) {
        throw requestError(
          400,
          `A GET requires the header ${PREFLIGHT_HEADERS[0]} or a bearer token, so that no other site can send it. Add the header, or use POST.`,
        );
      }
      if (negotiateResultType(req.headers.accept) === undefined) throw NOT_ACCEPTABLE_ERROR;
      setRequestParser(() => {
        const params = fallback?.request() ?? parseOperationRequest(parseQueryParams(req.url ?? ''), resolveDocument);
        serverContext.isWellFormed = true;
        return params;
      });
    },
    onParams({ context, setResult }) {
      if (context.fallback?.result) setResult(context.fallback.result);
    },
    onResultProcess({ request, result, serverContext, setResult, setResultProcessor }) {
      const accept = request.headers.get('accept') ?? undefined;
      const { isWellFormed, isHead } = serverContext;
      if (isAsyncIterable(result)) {
        if (!isHead && negotiateMediaType(accept, ['text/event-stream'])) {
          setResultProcessor(processStream, 'text/event-stream');
          return;
        }
        void result[Symbol.asyncIterator]().return?.();
        setResult({ errors: [STREAM_REQUIRED_ERROR] });
      }
      const mediaType = negotiateResultType(accept);
      if (mediaType === 'text/event-stream' && isWellFormed) setResultProcessor(processStream, mediaType);
      else setResultProcessor(processRegularResult, mediaType === RESPONSE_TYPE ? mediaType : 'application/json');
    },
  };
}

/** Compresses what a GET returns, which is never the result of a mutation. Event streams have no length. */
export function useCompression(): Plugin {
  return {
    async onResponse({ request, response, setResponse, fetchAPI: { Response } }) {
      const { headers, status } = response;
      const isLong = Number(headers.get('content-length') ?? 0) >= MIN_COMPRESSED_BYTES;
      const coding = negotiateCoding(request.headers.get('accept-encoding') ?? undefined);
      if (request.method !== 'GET' || !isLong || headers.has('content-encoding') || !coding) return;
      const bytes = await compress(new Uint8Array(await response.arrayBuffer()), coding);
      headers.set('content-encoding', coding);
      headers.set('content-length', String(bytes.byteLength));
      setResponse(new Response(new Uint8Array(bytes), { status, headers }));
    },
  };
}

const RESPONSE_TYPE = 'application/graphql-response+json';
const REQUEST_ERROR_STATUSES = [400, 422];
const processSse = getSSEProcessor();

/**
 * An event stream. Errors of the request come in it, as `next` and `complete`, because an `EventSource` does not show its
 * page the body of another status. It has no content coding; Yoga names one that does not exist.
 */
const processStream: ReturnType<typeof getSSEProcessor> = async (result, fetchAPI, mediaType) => {
  const { body, status, headers } = await processSse(result, fetchAPI, mediaType);
  headers.delete('Content-Encoding');
  return new fetchAPI.Response(body, { status: REQUEST_ERROR_STATUSES.includes(status) ? 200 : status, headers });
};

/** Parameters without a value count as absent. */
function parseQueryParams(url: string): unknown {
  const query = url.replace(/^[^?]*\??/, '');
  for (const [escapes] of query.matchAll(/(?:%[0-9a-f]{2})+/gi)) assertUtf8(escapes);
  const params: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (value !== '') params[name] = name === 'variables' || name === 'extensions' ? parseJsonParam(value) : value;
  }
  return params;
}

function assertUtf8(escapes: string): void {
  try {
    decodeURIComponent(escapes);
  } catch {
    throw requestError(400, 'The query string is not UTF-8. Encode it as UTF-8.');
  }
}

function parseJsonParam(text: string): unknown {
  const value = tryParse(text);
  const lossy = lossyNumberIn(text);
  if (lossy !== undefined) throw requestError(400, lossyNumberMessage(lossy));
  return value;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw requestError(400, 'variables and extensions must be JSON in the query string.');
  }
}

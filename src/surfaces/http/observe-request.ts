import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Attributes,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { newTraceId } from '../../core/ids.ts';
import { activeTraceId, isTracingEnabled, NO_SPAN } from '../../core/tracing.ts';
import { splitUrl } from './exchange/exchange.ts';
import type { HttpDeps } from './exchange/http-deps.ts';
import { matchRoute } from './routes.ts';

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);
/** As in nginx: the client disconnected before the response was complete. */
const CLIENT_CLOSED_REQUEST = 499;

/** Runs `work` in the server span of the request, and counts the request when its response is complete or aborted. */
export function observeRequest(
  req: IncomingMessage,
  res: ServerResponse,
  deps: Pick<HttpDeps, 'metrics' | 'logger'>,
  work: (traceId: string) => void,
): void {
  const began = performance.now();
  const { path } = splitUrl(req);
  const route = matchRoute(path)?.route.pattern ?? (path === '/' ? '/' : 'other');
  const method = KNOWN_METHODS.has(req.method ?? '') ? (req.method as string) : 'OTHER';
  const answer = (span: Span) => {
    const traceId = activeTraceId() ?? parseTraceId(req.headers.traceparent) ?? newTraceId();
    res.once('close', () => {
      const status = res.writableFinished ? res.statusCode : CLIENT_CLOSED_REQUEST;
      const seconds = (performance.now() - began) / 1000;
      deps.metrics.httpRequest(route, method, status, seconds);
      deps.logger.debug('http.answered', { traceId, method, route, status, ms: Math.round(seconds * 1000) });
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    work(traceId);
  };
  if (!isTracingEnabled()) {
    answer(NO_SPAN);
    return;
  }
  const attributes = serverAttributes(req, path);
  if (route !== 'other') attributes['http.route'] = route;
  const caller = propagation.extract(ROOT_CONTEXT, req.headers);
  const name = [method === 'OTHER' ? 'HTTP' : method, attributes['http.route']].filter(Boolean).join(' ');
  trace.getTracer('signalbox').startActiveSpan(name, { kind: SpanKind.SERVER, attributes }, caller, answer);
}

/** The attributes of a server span (semantic conventions of HTTP). No query string: it may hold a code or a token. */
function serverAttributes({ method = '', headers, httpVersion, socket }: IncomingMessage, path: string): Attributes {
  const { hostname, port } = URL.parse(`http://${headers.host ?? ''}`) ?? {};
  const agent = headers['user-agent'];
  return {
    'http.request.method': KNOWN_METHODS.has(method) ? method : '_OTHER',
    ...(!KNOWN_METHODS.has(method) && { 'http.request.method_original': method }),
    'url.scheme': 'http',
    'url.path': path,
    'network.protocol.version': httpVersion,
    ...(socket.remoteAddress && { 'network.peer.address': socket.remoteAddress }),
    ...(hostname && { 'server.address': hostname }),
    ...(port && { 'server.port': Number(port) }),
    ...(agent && { 'user_agent.original': agent }),
  };
}

/** The trace ID of a traceparent header (W3C Trace Context, section 3.2). */
function parseTraceId(header: string | readonly string[] | undefined): string | undefined {
  const [, version, id] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/.exec(String(header ?? '')) ?? [];
  return version === 'ff' || id === '0'.repeat(32) ? undefined : id;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../core/errors.ts';
import { serveDashboardPage } from './endpoints/dashboard.ts';
import { type Exchange, splitUrl } from './exchange/exchange.ts';
import type { HttpDeps, RequestInfo } from './exchange/http-deps.ts';
import type { HttpLimits } from './exchange/http-limits.ts';
import { isLoopbackHost, sendOptions, setCorsHeaders } from './exchange/origin.ts';
import { hostFault } from './exchange/request-target.ts';
import { sendFault, toFault } from './exchange/respond.ts';
import { setSecurityHeaders } from './exchange/security-headers.ts';
import { setSessionCookie } from './exchange/session-cookie.ts';
import { matchRoute, routes } from './routes.ts';

/** Routes a request, and turns errors into responses. Resolves when that is done; never rejects. */
export async function answerRequest(
  req: IncomingMessage,
  res: ServerResponse,
  ctx: { readonly info: RequestInfo; readonly deps: HttpDeps; readonly limits: HttpLimits },
): Promise<void> {
  const { info, deps, limits } = ctx;
  const { config } = deps;
  const { path, query } = splitUrl(req);
  res.once('finish', () => {
    if (!req.complete) drainRequestBody(req, limits);
  });
  try {
    setSecurityHeaders(res, config.server.graphiql && wantsGraphiql(req, path) ? 'graphiql' : undefined);
    setCorsHeaders(req, res, config.server.corsOrigins);
    limitBodyIdleTime(req, res, limits);
    if (config.mode === 'development' && !isLoopbackHost(req))
      throw new Fault('FORBIDDEN', 'A development server accepts requests for this machine only. Use localhost.');
    const refusal = hostFault(req);
    if (refusal) throw refusal;
    if (info.session !== undefined) await extendSession(req, res, info.session, deps);
    await dispatchRoute({ req, res, query, params: {}, info, deps, limits }, path);
  } catch (error) {
    // The client disconnected, which is not an error.
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    const fault = toFault(error, info, deps.logger);
    // Too late for another response: the client sees that this one is incomplete.
    if (res.headersSent) res.destroy();
    else sendFault(res, fault);
  }
}

/** A session lives on while it is used. */
async function extendSession(req: IncomingMessage, res: ServerResponse, token: string, deps: HttpDeps): Promise<void> {
  try {
    const expiresAt = await deps.sessions.extendIfDue(token);
    if (expiresAt) setSessionCookie(req, res, { token, expiresAt, trustProxy: deps.config.server.trustProxy });
  } catch (error) {
    // The session is still valid, and another request extends it.
    deps.logger.warn('http.session_not_extended', { reason: String(error) });
  }
}

const ALL_METHODS = [...new Set(routes.flatMap(({ methods }) => methods))];

async function dispatchRoute(exchange: Exchange, path: string): Promise<void> {
  const { req, res, deps } = exchange;
  const found = matchRoute(path);
  if (!found && deps.dashboard && isRead(req) && wantsHtml(req)) {
    serveDashboardPage(exchange, deps.dashboard);
    return;
  }
  const home = path === '/' && deps.config.server.graphiql;
  // OPTIONS * asks about the server as a whole.
  const whole = path === '*' && req.method === 'OPTIONS';
  const methods = found?.route.methods ?? (home ? ['GET', 'HEAD'] : whole ? ALL_METHODS : undefined);
  if (methods === undefined) {
    const known = routes.map(({ pattern, methods }) => `${methods.join('|')} ${pattern}`).join(', ');
    throw new Fault('NOT_FOUND', `This path does not exist. The server has ${known}.`);
  }
  if (req.method === 'OPTIONS') {
    sendOptions(req, res, methods);
  } else if (!methods.includes(req.method ?? '')) {
    const allow = methods.join(', ');
    sendFault(res, new Fault('BAD_INPUT', `This method is not allowed. Use ${allow}.`), {
      status: 405,
      headers: { Allow: allow },
    });
  } else if (found) {
    await found.route.serve({ ...exchange, params: found.params });
  } else {
    res.writeHead(302, { Location: `${deps.config.server.basePath}/graphql` }).end();
  }
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

const wantsHtml = ({ headers }: IncomingMessage): boolean => (headers.accept ?? '').includes('text/html');

function wantsGraphiql(req: IncomingMessage, path: string): boolean {
  return path === '/graphql' && req.method !== 'POST' && wantsHtml(req);
}

/** A stalled body ends the connection; after the body, the response may take any time. */
function limitBodyIdleTime(req: IncomingMessage, res: ServerResponse, limits: HttpLimits): void {
  if (req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined) return;
  req.socket.setTimeout(limits.bodyIdleTimeoutMs);
  req.once('end', () => {
    // When the response was sent first, Node already measures the time between requests.
    if (!res.writableEnded) req.socket.setTimeout(0);
  });
}

/**
 * A response that was sent before the request was complete. The rest of the request is read and dropped for a moment:
 * an immediate close would make the client's system discard the response (RFC 9112, section 9.6).
 */
function drainRequestBody(req: IncomingMessage, limits: HttpLimits): void {
  const timer = setTimeout(() => req.destroy(), limits.lingerTimeoutMs);
  req.once('close', () => clearTimeout(timer));
  req.on('error', () => {});
  req.resume();
}

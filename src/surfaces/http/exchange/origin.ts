import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isLoopbackAddress } from '../../../lib/ip-address.ts';

/** Whether the client reached this server by TLS; a trusted proxy says so. */
export function isSecure(req: IncomingMessage, trustProxy: boolean): boolean {
  const forwarded = trustProxy ? req.headers['x-forwarded-proto'] : undefined;
  return forwarded === undefined ? (req.socket as Partial<TLSSocket>).encrypted === true : forwarded === 'https';
}

const SAFE_METHODS = ['GET', 'HEAD'];

/**
 * Whether a page of this very origin made the request, or a person who opened an address. Browsers say so in Sec-Fetch-Site (Fetch
 * Metadata), which no page can set, and in Origin. A request that may change something must have one of them; a WebSocket handshake too.
 */
export function isSameOrigin(req: IncomingMessage, trustProxy: boolean): boolean {
  const { origin, host, 'sec-fetch-site': site, upgrade } = req.headers;
  const isRead = SAFE_METHODS.includes(req.method ?? '') && upgrade === undefined;
  if (origin !== undefined) {
    const url = URL.parse(origin);
    const scheme = isSecure(req, trustProxy) ? 'https:' : 'http:';
    if (url === null || url.protocol !== scheme || host === undefined || url.host !== host.toLowerCase()) return false;
  }
  // A handshake is not cross-origin for browsers, whatever its page: only Origin names that.
  if (upgrade !== undefined) return origin !== undefined;
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && isRead);
  return origin !== undefined || isRead;
}

const EXPOSED_HEADERS = 'ETag, Content-Disposition, Content-Range, Accept-Ranges, Location, Retry-After';
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Whether the origin may use this server: its own, or one in CORS_ORIGINS. Programs send no origin. */
export function isAllowedOrigin(req: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin, host } = req.headers;
  // The scheme is ignored: a proxy may terminate TLS.
  return (
    origin === undefined || corsOrigins.includes(origin) || (host !== undefined && URL.parse(origin)?.host === host)
  );
}

/** CORS (Fetch standard, section 3.3). Credentials are not allowed: a session is for pages of this origin. */
export function setCorsHeaders(req: IncomingMessage, res: ServerResponse, corsOrigins: readonly string[]): void {
  const { origin } = req.headers;
  res.setHeader('Vary', 'Origin');
  if (origin === undefined || !corsOrigins.includes(origin)) return;
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
}

/** Answers OPTIONS for a route with these methods, and preflight requests. */
export function sendOptions(req: IncomingMessage, res: ServerResponse, methods: readonly string[]): void {
  const allow = methods.join(', ');
  res.setHeader('Allow', allow);
  if (res.hasHeader('Access-Control-Allow-Origin')) {
    res.setHeader('Access-Control-Allow-Methods', allow);
    res.setHeader('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_SECONDS);
    const wanted = req.headers['access-control-request-headers'];
    if (wanted !== undefined) res.setHeader('Access-Control-Allow-Headers', wanted);
  }
  res.writeHead(204).end();
}

/**
 * Whether Host names this machine. A page of another site can make its own host name resolve to
 * 127.0.0.1 (DNS rebinding), but it cannot make the browser send another Host.
 */
export function isLoopbackHost(req: IncomingMessage): boolean {
  const name = URL.parse(`http://${req.headers.host ?? ''}`)?.hostname ?? '';
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name.replace(/^\[|\]$/g, ''));
}

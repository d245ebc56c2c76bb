import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopbackAddress } from '../../../lib/ip-address.ts';

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

/** CORS (Fetch standard, section 3.3). Credentials are not allowed, because the server has no cookies. */
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

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpDeps, RequestInfo } from './http-deps.ts';
import { isLoopbackHost, isSameOrigin, isSecure } from './origin.ts';
import { clientAddress } from './request-headers.ts';

/** A browser takes this name only from the host itself, over TLS and for all its paths (RFC 6265bis, section 4.1.3.2). */
const SECURE_NAME = '__Host-signalbox';
/** On this machine, where pages have no TLS. */
const LOOPBACK_NAME = 'signalbox';

/** Whether a browser can keep a session with this server: over TLS, or on this machine. */
export function canHoldSession(req: IncomingMessage, trustProxy: boolean): boolean {
  return isSecure(req, trustProxy) || isLoopbackHost(req);
}

/**
 * The token of the session in the cookie. Undefined for a request from another origin, and for one with an `Authorization` header, which says
 * alone who the caller is.
 */
export function sessionOf(req: IncomingMessage, trustProxy: boolean): string | undefined {
  const { authorization, cookie } = req.headers;
  if (cookie === undefined || authorization !== undefined || !isSameOrigin(req, trustProxy)) return undefined;
  const name = nameFor(req, trustProxy);
  const values = cookie.split(';').flatMap((pair) => {
    const [key = '', ...value] = pair.split('=');
    return key.trim() === name ? [value.join('=').trim()] : [];
  });
  // Of two, somebody else set one.
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

/** What is known of a caller before the request is read. */
export function callerOf(
  req: IncomingMessage,
  { trustProxy }: HttpDeps['config']['server'],
): Pick<RequestInfo, 'address' | 'session'> {
  const session = sessionOf(req, trustProxy);
  return { address: clientAddress(req, trustProxy), ...(session !== undefined && { session }) };
}

/** Sets the cookie, until the session ends. */
export function setSessionCookie(
  req: IncomingMessage,
  res: ServerResponse,
  session: { readonly token: string; readonly expiresAt: Date; readonly trustProxy: boolean },
): void {
  const { token, expiresAt, trustProxy } = session;
  const seconds = Math.max(0, Math.round((expiresAt.getTime() - Date.now()) / 1000));
  res.appendHeader('Set-Cookie', cookieOf(req, trustProxy, token, seconds));
}

/** Makes the browser forget the cookie. */
export function clearSessionCookie(req: IncomingMessage, res: ServerResponse, trustProxy: boolean): void {
  res.appendHeader('Set-Cookie', cookieOf(req, trustProxy, '', 0));
}

function cookieOf(req: IncomingMessage, trustProxy: boolean, value: string, maxAgeSeconds: number): string {
  const secure = isSecure(req, trustProxy) ? '; Secure' : '';
  return `${nameFor(req, trustProxy)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

function nameFor(req: IncomingMessage, trustProxy: boolean): string {
  return isSecure(req, trustProxy) ? SECURE_NAME : LOOPBACK_NAME;
}

import type { ServerResponse } from 'node:http';

/** For everything that is not meant to be a page. */
const DENY_ALL_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * GraphiQL comes as one page with its scripts and styles inside, makes its workers from blobs and talks to this server
 * only. Where GraphiQL is off, no page has this.
 */
const GRAPHIQL_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Sets the headers that every answer has; a handler may replace them. */
export function setSecurityHeaders(res: ServerResponse, page?: 'graphiql'): void {
  res.setHeader('Content-Security-Policy', page === 'graphiql' ? GRAPHIQL_POLICY : DENY_ALL_POLICY);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
}

/** For bytes that somebody else made, whatever they claim to be: a browser saves them and runs nothing in them. */
export function setUntrustedContentHeaders(res: ServerResponse): void {
  res.setHeader('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
}

import type { ServerResponse } from 'node:http';

/** For every response that is not a page. */
const DENY_ALL_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * GraphiQL is one page with inline scripts and styles, creates its workers from blobs, and connects to this server
 * only. When GraphiQL is off, no page has this policy.
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

/**
 * The dashboard loads its files and its data from this server only. `%NONCE%` is for the styles that its editor writes; HTML of others is shown
 * by `/frame.html`, which has a policy too.
 */
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'nonce-%NONCE%'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sets the headers of every response; a handler may replace them. */
export function setSecurityHeaders(res: ServerResponse, page?: 'graphiql'): void {
  res.setHeader('Content-Security-Policy', page === 'graphiql' ? GRAPHIQL_POLICY : DENY_ALL_POLICY);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
}

/** For untrusted bytes of any media type: a browser saves them and runs nothing in them. */
export function setUntrustedContentHeaders(res: ServerResponse): void {
  res.setHeader('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
}

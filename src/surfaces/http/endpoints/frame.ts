import type { Exchange } from '../exchange/exchange.ts';

/**
 * Of the page alone: its origin is opaque, so that it reads nothing of this server and holds no session; it loads one script from here, and
 * nothing from elsewhere. Styles of what it shows apply, scripts do not run.
 */
const FRAME_POLICY = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "frame-ancestors 'self'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="robots" content="noindex"><title>HTML of a run</title><script src="frame.js"></script></head>
<body></body>
</html>
`;

/**
 * Nodes of a parsed document never run their scripts, and the policy of the page stops handlers and `javascript:` links. What would load or
 * navigate is removed all the same.
 */
const SCRIPT = `'use strict';
const UNWANTED = 'script, meta, base, link, iframe, frame, frameset, object, embed, portal, form';
addEventListener('message', ({ data, origin, source }) => {
  if (source !== parent || parent === window || origin !== location.origin || typeof data !== 'string') return;
  const shown = new DOMParser().parseFromString(data, 'text/html');
  for (const element of shown.querySelectorAll(UNWANTED)) element.remove();
  document.replaceChild(document.adoptNode(shown.documentElement), document.documentElement);
});
`;

/**
 * `GET /frame.html`: shows HTML that others wrote. Its parent, a page of this origin, sends the text with `postMessage` once the frame has loaded,
 * and another text replaces it.
 */
export function serveFrame({ req, res }: Exchange): void {
  res.removeHeader('X-Frame-Options');
  res.writeHead(200, {
    'Content-Security-Policy': FRAME_POLICY,
    ...{ 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(PAGE) },
    'Cache-Control': 'no-cache',
  });
  res.end(req.method === 'HEAD' ? undefined : PAGE);
}

/** `GET /frame.js`: its script, which a page without an origin must be able to load. */
export function serveFrameScript({ req, res }: Exchange): void {
  res.writeHead(200, {
    ...{ 'Content-Type': 'text/javascript; charset=utf-8', 'Content-Length': Buffer.byteLength(SCRIPT) },
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Cache-Control': 'no-cache',
  });
  res.end(req.method === 'HEAD' ? undefined : SCRIPT);
}

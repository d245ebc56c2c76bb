import { escapeHtml } from '../../../lib/escape-html.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Parameters with which Google redirects the browser (RFC 6749, section 4.1.2). */
export interface DriveCallback {
  readonly code?: string | undefined;
  readonly state?: string | undefined;
  /** Why there is no code, such as `access_denied`. */
  readonly error?: string | undefined;
}

/**
 * The page that a person sees after consent at Google: the values to copy into `finishDriveConnection`. It does nothing
 * automatically, because the browser does not identify the user who started. It has no script, style or link, so the
 * strictest content policy allows it.
 */
export function renderDriveCallback({ code, state, error }: DriveCallback): string {
  const whole = code !== undefined && code !== '' && state !== undefined && state !== '';
  const [title, content] = whole
    ? ['Almost connected', renderCodeAndState(code, state)]
    : ['Not connected', `<p>${escapeHtml(refusalReason(error))} Begin again with beginDriveConnection.</p>`];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="robots" content="noindex"><title>Signalbox: Google Drive</title></head>',
    `<body><main><h1>${title}</h1>`,
    content,
    '</main></body>',
    '</html>',
    '',
  ].join('\n');
}

function renderCodeAndState(code: string, state: string): string {
  return [
    '<p>Call the mutation finishDriveConnection with both, within ten minutes:</p>',
    `<dl><dt>code</dt><dd><code>${escapeHtml(code)}</code></dd><dt>state</dt><dd><code>${escapeHtml(state)}</code></dd></dl>`,
    '<p>Continue only if you started this. Keep these values secret: they give access to your Drive.</p>',
  ].join('\n');
}

function refusalReason(error: string | undefined): string {
  if (error === 'access_denied') return 'You denied access.';
  if (error === undefined || error === '') return 'This address lacks the code or the state of Google.';
  return `Google refused: ${error.slice(0, 200)}.`;
}

/** GET /oauth/drive: Google redirects the browser here. Its values are for the signed-in user; no script reads them. */
export function serveDriveCallback({ req, res }: Exchange): void {
  const { searchParams } = new URL(req.url ?? '/', 'http://localhost');
  const [code, state, error] = ['code', 'state', 'error'].map((name) => searchParams.get(name) ?? undefined);
  const page = renderDriveCallback({ code, state, error });
  res.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  });
  res.end(req.method === 'HEAD' ? undefined : page);
}

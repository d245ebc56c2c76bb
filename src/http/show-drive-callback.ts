import { driveCallbackPage } from './drive-callback.ts';
import type { Exchange } from './exchange.ts';

/** GET /oauth/drive: where Google sends the browser back to. What it brings is for whoever is signed in, and no script reads it. */
export function showDriveCallback({ req, res }: Exchange): void {
  const { searchParams } = new URL(req.url ?? '/', 'http://localhost');
  const [code, state, error] = ['code', 'state', 'error'].map((name) => searchParams.get(name) ?? undefined);
  const page = driveCallbackPage({ code, state, error });
  res.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  });
  res.end(req.method === 'HEAD' ? undefined : page);
}

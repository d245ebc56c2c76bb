import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../../core/errors.ts';
import { negotiateCoding, type ResponseCoding } from '../../../resources/content/compress.ts';
import type { Dashboard } from '../exchange/dashboard.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { DASHBOARD_POLICY } from '../exchange/security-headers.ts';

/** Marks in the page that the server replaces. */
const NONCE_MARK = '%NONCE%';
const BASE_MARK = '%BASE%';
const GRAPHIQL_MARK = '%GRAPHIQL%';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** File ending of each coding. */
const ENDINGS: Readonly<Record<ResponseCoding, string>> = { br: '.br', gzip: '.gz' };

/** The page, for any path that a browser asks for: its script shows what the path names. */
export function serveDashboardPage({ req, res, deps }: Exchange, { page }: Dashboard): void {
  const nonce = randomBytes(16).toString('base64');
  const { basePath, graphiql } = deps.config.server;
  const body = Buffer.from(
    page
      .replaceAll(NONCE_MARK, nonce)
      .replaceAll(BASE_MARK, basePath.replaceAll('"', '%22'))
      .replaceAll(GRAPHIQL_MARK, String(graphiql)),
  );
  res.writeHead(200, {
    'Content-Security-Policy': DASHBOARD_POLICY.replace(NONCE_MARK, nonce),
    ...{ 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length },
    'Cache-Control': 'no-cache',
    Vary: 'Accept',
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}

/** `GET /assets/:name`. Requires no token: it is the same for everyone. @throws Fault NOT_FOUND */
export async function serveDashboardAsset({ req, res, params, deps }: Exchange): Promise<void> {
  const { dashboard } = deps;
  const name = params.name ?? '';
  const mediaType = MEDIA_TYPES[extname(name)];
  if (!dashboard?.sizes.has(name) || mediaType === undefined) throw otherVersion();
  const coding = negotiateCoding(req.headers['accept-encoding']);
  const compressed = coding && `${name}${ENDINGS[coding]}`;
  const encoded = compressed !== undefined && dashboard.sizes.has(compressed);
  const file = encoded ? compressed : name;
  const handle = await open(join(dashboard.folder, file)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? otherVersion() : error;
  });
  await using _ = handle;
  res.writeHead(200, {
    ...{ 'Content-Type': mediaType, 'Content-Length': dashboard.sizes.get(file) },
    ...(encoded && { 'Content-Encoding': coding }),
    'Cache-Control': 'public, max-age=31536000, immutable',
    Vary: 'Accept-Encoding',
  });
  if (req.method === 'HEAD') res.end();
  else await pipeline(handle.createReadStream({ autoClose: false }), res);
}

/** After an update, pages of the former version ask for files that are gone. */
const otherVersion = () =>
  new Fault('NOT_FOUND', 'This file belongs to another version of the dashboard. Reload the page.');

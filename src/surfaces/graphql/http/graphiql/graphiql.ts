import type { FetchAPI, Plugin } from 'graphql-yoga';
import { negotiateCoding } from '../../../../resources/content/compress.ts';
import { negotiateMediaType, RESULT_MEDIA_TYPES } from '../../request/accept.ts';
import { type Assets, loadAssets } from './assets.ts';
import { renderPage } from './render-page.ts';

/** GraphiQL's editor sets styles itself; everything else is a file of this server. */
const PAGE_CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const IMMUTABLE_CACHE_CONTROL = 'public, max-age=31536000, immutable';
const ASSET_URL = /^[^?]*\?asset=([A-Za-z0-9.-]{1,80})$/;

/** GraphiQL for browsers, from this server alone: the page, and its files under `?asset=`. */
export function useGraphiql({ enabled }: { readonly enabled: boolean }): Plugin {
  if (!enabled) return {};
  let loading: Promise<{ readonly assets: Assets; readonly page: string }> | undefined;
  const load = async () => {
    const assets = await loadAssets();
    return { assets, page: renderPage(assets) };
  };

  const serve = async (request: Request, Response: FetchAPI['Response'], name: string | undefined) => {
    loading ??= load();
    const { assets, page } = await loading;
    if (name === undefined) {
      const headers = {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': PAGE_CONTENT_SECURITY_POLICY,
      };
      return new Response(page, { headers: { ...headers, 'Cache-Control': 'no-store' } });
    }
    const asset = assets.byName.get(name);
    if (!asset) return new Response('This file does not exist. Reload the page.\n', { status: 404 });
    const encoding = negotiateCoding(request.headers.get('accept-encoding') ?? undefined) ?? 'gzip';
    const headers = {
      'Content-Type': asset.mediaType,
      'Content-Encoding': encoding,
      'Cache-Control': IMMUTABLE_CACHE_CONTROL,
    };
    return new Response(await asset.encoded(encoding), { headers: { ...headers, Vary: 'Accept-Encoding' } });
  };

  return {
    onRequest({ request, fetchAPI: { Response }, endResponse }) {
      if (request.method !== 'GET') return undefined;
      const [, name] = ASSET_URL.exec(request.url) ?? [];
      const accept = request.headers.get('accept') ?? undefined;
      const wantsPage = negotiateMediaType(accept, [...RESULT_MEDIA_TYPES, 'text/html']) === 'text/html';
      return name !== undefined || wantsPage ? serve(request, Response, name).then(endResponse) : undefined;
    },
  };
}

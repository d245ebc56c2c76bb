import type { Secret } from '../../config/secrets.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { createProviderFetch, toSearchHits } from './provider.ts';
import type { Searcher } from './searcher.ts';

export interface BraveDeps {
  readonly apiKey: Secret;
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  /** Base URL of the API. Default: Brave's. */
  readonly endpoint?: string;
  readonly backoffMs?: number;
  /** Requests per second. Default 1, as in the smallest plan. */
  readonly perSecond?: number;
}

const DEFAULT_ENDPOINT = 'https://api.search.brave.com/res/v1/web/search';
/** Limits of the API. */
const MAX_RESULTS = 20;
const MAX_QUERY_CHARS = 400;
const MAX_QUERY_WORDS = 50;

const INVALID_KEY_MESSAGE = 'Brave Search rejected the key of this server. Check BRAVE_API_KEY.';

/** The Web Search API of Brave. */
export function brave(deps: BraveDeps): Searcher {
  const { outgoing, apiKey, endpoint = DEFAULT_ENDPOINT, backoffMs = 1_000, perSecond = 1 } = deps;
  // Brave answers an unknown key with 422.
  const refusals = { 401: INVALID_KEY_MESSAGE, 403: INVALID_KEY_MESSAGE, 422: INVALID_KEY_MESSAGE };
  const ask = createProviderFetch({ outgoing, backoffMs, perSecond, messageByStatus: refusals });
  return {
    source: 'brave',
    async search(query, limit, signal) {
      const to = new URL(endpoint);
      to.searchParams.set('q', truncateQuery(query));
      to.searchParams.set('count', String(Math.min(limit, MAX_RESULTS)));
      to.searchParams.set('text_decorations', 'false');
      to.searchParams.set('result_filter', 'web');
      const key = Buffer.from(apiKey.reveal()).toString();
      const { web } = await ask(to.href, { 'x-subscription-token': key }, signal);
      return toSearchHits(isJsonObject(web) ? web.results : undefined, 'description', limit);
    },
  };
}

/** Brave rejects longer queries. */
function truncateQuery(query: string): string {
  const words = query.split(/\s+/).filter(Boolean).slice(0, MAX_QUERY_WORDS);
  return words.join(' ').slice(0, MAX_QUERY_CHARS).toWellFormed();
}

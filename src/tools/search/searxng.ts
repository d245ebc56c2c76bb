import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { createProviderFetch, toSearchHits } from './provider.ts';
import type { Searcher } from './searcher.ts';

export interface SearxngDeps {
  /** Base URL of the instance. */
  readonly url: string;
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  readonly backoffMs?: number;
  readonly perSecond?: number;
}

/** A SearXNG instance, over its search API (docs.searxng.org, "Search API"). */
export function searxng({ url, outgoing, backoffMs = 1_000, perSecond = 5 }: SearxngDeps): Searcher {
  const ask = createProviderFetch({
    outgoing,
    backoffMs,
    perSecond,
    messageByStatus: {
      403: 'The SearXNG at SEARXNG_URL gives no JSON. Have "json" added to search.formats in its settings.yml.',
    },
  });
  return {
    source: 'searxng',
    async search(query, limit, signal) {
      const to = new URL('search', url.endsWith('/') ? url : `${url}/`);
      to.searchParams.set('q', query);
      to.searchParams.set('format', 'json');
      const { results } = await ask(to.href, {}, signal);
      return toSearchHits(results, 'content', limit);
    },
  };
}

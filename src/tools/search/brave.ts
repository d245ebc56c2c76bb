import type { Secret } from '../../config/secrets.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { boundedFound, createAskProvider } from './provider.ts';
import type { Searcher } from './searcher.ts';

export interface BraveDeps {
  readonly apiKey: Secret;
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  /** Brave's own unless told. */
  readonly endpoint?: string;
  readonly pauseMs?: number;
  /** One unless told, as the smallest plan has it. */
  readonly perSecond?: number;
}

const ENDPOINT = 'https://api.search.brave.com/res/v1/web/search';
/** What its API takes. */
const MOST_RESULTS = 20;
const MOST_CHARACTERS = 400;
const MOST_WORDS = 50;

const REFUSED = 'Brave Search does not accept the key of this server. Have BRAVE_API_KEY checked.';

/** The Web Search API of Brave. */
export function brave(deps: BraveDeps): Searcher {
  const { outgoing, apiKey, endpoint = ENDPOINT, pauseMs = 1_000, perSecond = 1 } = deps;
  // An unknown key is answered with 422.
  const refusals = { 401: REFUSED, 403: REFUSED, 422: REFUSED };
  const ask = createAskProvider({ outgoing, pauseMs, perSecond, refusals });
  return {
    source: 'brave',
    async search(query, limit, signal) {
      const to = new URL(endpoint);
      to.searchParams.set('q', shortened(query));
      to.searchParams.set('count', String(Math.min(limit, MOST_RESULTS)));
      to.searchParams.set('text_decorations', 'false');
      to.searchParams.set('result_filter', 'web');
      const key = Buffer.from(apiKey.reveal()).toString();
      const { web } = await ask(to.href, { 'x-subscription-token': key }, signal);
      return boundedFound(isJsonObject(web) ? web.results : undefined, 'description', limit);
    },
  };
}

/** A longer query would be refused whole. */
function shortened(query: string): string {
  const words = query.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  return words.join(' ').slice(0, MOST_CHARACTERS).toWellFormed();
}

import { type Clock, systemClock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { createTokenBuckets } from '../../lib/token-buckets.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';
import { sleep, waitBeforeRetry } from '../shared/retry.ts';
import type { SearchHit } from './searcher.ts';

export interface ProviderDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  /** Rate limit of the provider. */
  readonly perSecond: number;
  /** Before the second attempt; doubled before each further one. */
  readonly backoffMs: number;
  /** Messages for statuses with a special meaning. */
  readonly messageByStatus: Readonly<Record<number, string>>;
  readonly clock?: Clock;
}

/** Fetches JSON from a provider, within its rate limit. @throws Fault */
export type ProviderFetch = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<JsonObject>;

const MAX_ATTEMPTS = 4;
const FETCH_LIMITS = { maxBytes: 2 * 1024 * 1024, idleMs: 20_000 };
/** A search that would wait longer fails with THROTTLED. */
const MAX_QUEUE_WAIT_MS = 10_000;

export function createProviderFetch(deps: ProviderDeps): ProviderFetch {
  const { outgoing, clock = systemClock, perSecond, backoffMs, messageByStatus } = deps;
  const buckets = createTokenBuckets({ clock, maxBuckets: 1 });
  const rate = { size: Math.max(1, perSecond), perMs: perSecond / 1_000 };

  const waitForTurn = async (signal: AbortSignal) => {
    const latest = performance.now() + MAX_QUEUE_WAIT_MS;
    for (let wait = buckets.take('all', rate); wait > 0; wait = buckets.take('all', rate)) {
      if (performance.now() + wait > latest) {
        throw new Fault('THROTTLED', 'Too many searches are waiting. Try again later.', { retryAfterMs: wait });
      }
      await sleep(wait, signal);
    }
  };
  const once: ProviderFetch = async (url, headers, signal) => {
    const uri = canonicalUri(url);
    const fetch = outgoing.fetch(uri, { ...FETCH_LIMITS, signal });
    const response = await fetch(url, { headers: { accept: 'application/json', ...headers } });
    const text = await response.text();
    if (response.ok) return parseObject(text, uri.host);
    const meaning = messageByStatus[response.status];
    if (meaning !== undefined) throw new Fault('FORBIDDEN', meaning, { details: { status: response.status } });
    throw statusFault(uri.host, response.status, retryAfterOf(response.headers));
  };

  return async (url, headers, signal) => {
    for (let attempt = 1; ; attempt += 1) {
      // Every attempt counts for the provider. Waiting for a turn is not retried.
      await waitForTurn(signal);
      try {
        return await once(url, headers, signal);
      } catch (error) {
        await waitBeforeRetry(error, attempt, { signal, maxAttempts: MAX_ATTEMPTS, backoffMs });
      }
    }
  };
}

/** Brave has a separate header: seconds until each of its limits is reset, the shortest first. */
function retryAfterOf(headers: Headers): string | null {
  const reset = /^\d+/.exec(headers.get('x-ratelimit-reset') ?? '')?.[0];
  return headers.get('retry-after') ?? reset ?? null;
}

function parseObject(text: string, host: string): JsonObject {
  try {
    const json: unknown = JSON.parse(text);
    if (isJsonObject(json)) return json;
  } catch {
    // Treated like any other response that is not an object.
  }
  throw new Fault('RESOURCE_UNREACHABLE', `The response of ${host} is not a JSON object. Check its address.`);
}

const MAX_TITLE_CHARS = 300;
const MAX_URL_CHARS = 2_048;
const MAX_SNIPPET_CHARS = 1_000;

/**
 * Reads the valid results of a response: those with a web address; their texts become plain text of bounded length.
 * @param names fields that contain the snippet
 */
export function toSearchHits(results: Json | undefined, snippet: string, limit: number): readonly SearchHit[] {
  const hits: SearchHit[] = [];
  for (const result of Array.isArray(results) ? results : []) {
    if (hits.length === limit) break;
    const url: unknown = isJsonObject(result) ? result.url : undefined;
    if (typeof url !== 'string' || url.length > MAX_URL_CHARS || !/^https?:\/\//i.test(url)) continue;
    hits.push({
      title: toPlainText(result.title, MAX_TITLE_CHARS) || url,
      url,
      snippet: toPlainText(result[snippet], MAX_SNIPPET_CHARS),
    });
  }
  return hits;
}

/** Providers highlight the words of the query with markup, and escape the rest as in HTML. */
function toPlainText(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  const text = value
    .slice(0, most * 4)
    .replaceAll(/<\/?[a-z][^<>]*>/gi, '')
    .replaceAll(/&(amp|lt|gt|quot|#39|#x27|nbsp);/g, (_, name: string) => HTML_ENTITIES[name] ?? ' ')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text.toWellFormed();
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
};

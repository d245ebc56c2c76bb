import { isJsonObject, type Json } from '../../lib/json.ts';
import type { Found } from './searcher.ts';

const MOST_TITLE = 300;
const MOST_URL = 2_048;
const MOST_SNIPPET = 1_000;

/**
 * What a provider sent, as far as it is a result: with a web address, bounded, as plain text.
 * @param names of the fields that hold the snippet
 */
export function boundedFound(results: Json | undefined, snippet: string, limit: number): readonly Found[] {
  const found: Found[] = [];
  for (const result of Array.isArray(results) ? results : []) {
    if (found.length === limit) break;
    const url: unknown = isJsonObject(result) ? result.url : undefined;
    if (typeof url !== 'string' || url.length > MOST_URL || !/^https?:\/\//i.test(url)) continue;
    found.push({ title: plain(result.title, MOST_TITLE) || url, url, snippet: plain(result[snippet], MOST_SNIPPET) });
  }
  return found;
}

/** Providers mark the words that were searched for, and escape the rest as in HTML. */
function plain(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  const text = value
    .slice(0, most * 4)
    .replaceAll(/<\/?[a-z][^<>]*>/gi, '')
    .replaceAll(/&(amp|lt|gt|quot|#39|#x27|nbsp);/g, (_, name: string) => ENTITIES[name] ?? ' ')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text.toWellFormed();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

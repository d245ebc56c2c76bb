import type { Json } from './json.ts';

/** What stands for characters that no database and no UTF-8 keeps: half of a surrogate pair, and U+0000. */
const REPLACEMENT = '\uFFFD';

/** Text as the journal takes it. */
export function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll('\0', REPLACEMENT);
}

/**
 * JSON from elsewhere as the journal takes it; itself where nothing is wrong with it. A number past all that can be
 * counted (`1e999` is one to `JSON.parse`) becomes null, as JSON writes it.
 */
export function wellFormedJson<T extends Json>(value: T): T {
  return /\\u(?:d[89a-f]|0000)|null/i.test(JSON.stringify(value)) ? (mended(value) as T) : value;
}

function mended(value: Json): Json {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(mended);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [wellFormed(key), mended(one)]));
}

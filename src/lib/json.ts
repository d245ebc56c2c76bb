import canonicalize from 'canonicalize';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/**
 * The canonical text of a JSON value (RFC 8785): equal values give equal bytes, so it can be hashed.
 * @throws Error for values without one: a number that is not finite, text with a lone surrogate, anything but JSON
 */
export function canonicalJson(value: unknown): string {
  try {
    const text = JSON.stringify(withSortedKeys(value, 0));
    // JSON.stringify writes a lone surrogate as an escape; the literal text \ud looks the same, and is left to the library.
    if (!text.includes('\\ud')) return text;
  } catch (error) {
    if (error !== NOT_PLAIN_JSON) throw error;
  }
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('only JSON values have a canonical form');
  return text;
}

/** An equal value whose keys are in the order of `canonicalJson`, which then has nothing to sort; the same value if it cannot be. */
export function inCanonicalOrder<T>(value: T): T {
  try {
    return withSortedKeys(value, 0) as T;
  } catch {
    return value;
  }
}

/** Values that need the library, which is three times slower. */
const NOT_PLAIN_JSON = new Error('not plain JSON, or nested deeply, or with keys that an object reorders');
const MAX_PLAIN_DEPTH = 100;

/**
 * The value with object keys in the order of their UTF-16 code units; the same value if they already are.
 * JSON.stringify then writes what RFC 8785 requires, which defines strings and numbers as ECMAScript does.
 * @throws NOT_PLAIN_JSON
 */
function withSortedKeys(value: unknown, level: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw NOT_PLAIN_JSON;
    case 'object':
      if (value === null) return value;
      if (level > MAX_PLAIN_DEPTH) throw NOT_PLAIN_JSON;
      return Array.isArray(value) ? listWithSortedKeys(value, level + 1) : objectWithSortedKeys(value, level + 1);
    default:
      throw NOT_PLAIN_JSON;
  }
}

function listWithSortedKeys(list: readonly unknown[], level: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i += 1) {
    const ordered = withSortedKeys(list[i], level);
    if (ordered !== list[i]) copy ??= [...list];
    if (copy) copy[i] = ordered;
  }
  return copy ?? list;
}

function objectWithSortedKeys(object: object, level: number): object {
  const from = object as Readonly<Record<string, unknown>>;
  const prototype = Object.getPrototypeOf(object);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in object) throw NOT_PLAIN_JSON;
  const keys = Object.keys(object);
  let copy: Record<string, unknown> | undefined = sortInPlace(keys) ? {} : undefined;
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] as string;
    // Numbers come first in any object, and `__proto__` cannot be set as a key.
    if (isDigit(key) || key === '__proto__') throw NOT_PLAIN_JSON;
    const ordered = withSortedKeys(from[key], level);
    if (ordered !== from[key] && !copy) copy = Object.fromEntries(keys.slice(0, i).map((name) => [name, from[name]]));
    if (copy) copy[key] = ordered;
  }
  return copy ?? object;
}

/** Sorts in place. Few keys are sorted by insertion, because `Array.prototype.sort` allocates. @returns whether any key moved */
function sortInPlace(keys: string[]): boolean {
  let moved = false;
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i] as string;
    if ((keys[i - 1] as string) < key) continue;
    if (i > MAX_INSERTION_SORT_KEYS) {
      keys.sort();
      return true;
    }
    let at = i;
    for (; at > 0 && (keys[at - 1] as string) > key; at -= 1) keys[at] = keys[at - 1] as string;
    keys[at] = key;
    moved = true;
  }
  return moved;
}

const MAX_INSERTION_SORT_KEYS = 32;

function isDigit(key: string): boolean {
  const code = key.charCodeAt(0);
  return code >= 48 && code <= 57;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Replaces characters that UTF-8 or the databases cannot store: half of a surrogate pair, and U+0000. */
const REPLACEMENT = '\uFFFD';

/** Text that the journal accepts. */
export function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll('\0', REPLACEMENT);
}

/**
 * Untrusted JSON as the journal accepts it; the same value if it is already valid. A number out of range (`JSON.parse`
 * reads `1e999` as Infinity) becomes null, as `JSON.stringify` writes it.
 */
export function wellFormedJson<T extends Json>(value: T): T {
  return /\\u(?:d[89a-f]|0000)|null/i.test(JSON.stringify(value)) ? (replaceInvalid(value) as T) : value;
}

function replaceInvalid(value: Json): Json {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(replaceInvalid);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [wellFormed(key), replaceInvalid(one)]));
}

/** Index of the quote that ends a string of JSON text whose content begins at `from`; the length of the text without one. */
export function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

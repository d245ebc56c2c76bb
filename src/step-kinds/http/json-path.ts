import type { Json } from '../../lib/json.ts';

/** The singular paths of RFC 9535: names in dots or brackets, and indexes. The leading `$.` may be left out. */
const SEGMENT = String.raw`\.[\p{L}_][\p{L}\p{N}_-]*|\[(?:0|[1-9]\d{0,8})\]|\['[^'\\]*'\]|\["[^"\\]*"\]`;
const FIRST_NAME = String.raw`[\p{L}_][\p{L}\p{N}_-]*`;
export const PATH_PATTERN = `^(?:\\$|${FIRST_NAME})(?:${SEGMENT})*$`;

const SEGMENTS = new RegExp(SEGMENT, 'gu');

/** The value at the path; undefined when it does not exist. The path must match `PATH_PATTERN`. */
export function valueAt(value: Json, path: string): Json | undefined {
  const full = path.startsWith('$') ? path.slice(1) : `.${path}`;
  let at: Json | undefined = value;
  for (const [segment] of full.matchAll(SEGMENTS)) {
    const isName = segment.startsWith('.');
    const key = isName ? segment.slice(1) : segment.slice(1, -1).replace(/^['"]|['"]$/g, '');
    const isIndex = !isName && /^\d/.test(segment.slice(1));
    if (typeof at !== 'object' || at === null || Array.isArray(at) !== isIndex || !Object.hasOwn(at, key))
      return undefined;
    at = (at as Readonly<Record<string, Json>>)[key];
  }
  return at;
}

import { Fault } from '../../core/errors.ts';

/**
 * RFC 3986 section 6.2.2: hex digits in upper case, unreserved characters decoded. Dot segments must
 * be resolved before, as WHATWG URL does.
 * @throws Fault BAD_INPUT for a `%` that does not begin an escape
 */
function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) {
    throw new Fault('BAD_INPUT', 'A % in the URI is not followed by two hex digits. Write %25 for a percent sign.');
  }
  return text.replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : triplet.toUpperCase();
  });
}

/**
 * The canonical path. `//` is preserved.
 * @throws Fault BAD_INPUT for escapes that servers and file systems decode differently: `%2F`, `%5C`, control characters,
 *   and a `%25` that would be decoded twice
 */
export function canonicalPath(path: string): string {
  // RFC 3986 has no | in a path, and WHATWG URL leaves it.
  const normal = normalizeEscapes(path.replaceAll('|', '%7C'));
  const badEscape = /%(?:2F|5C|[01][0-9A-F]|7F|25[0-9A-Fa-f]{2})/.exec(normal)?.[0];
  if (badEscape !== undefined) {
    throw new Fault('BAD_INPUT', `The path contains ${badEscape}, which servers decode in different ways. Remove it.`);
  }
  return normal;
}

/** @param search as `URL.search`, with its question mark. @throws Fault BAD_INPUT */
export function canonicalQuery(search: string): string {
  return normalizeEscapes(search.slice(1));
}

/** A file path as the path of a URI; only what RFC 3986 section 3.3 requires is encoded, so `g++` stays `g++`. */
export function encodePath(path: string): string {
  const encodeSegment = (segment: string) =>
    encodeURIComponent(segment).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
  return path.split('/').map(encodeSegment).join('/');
}

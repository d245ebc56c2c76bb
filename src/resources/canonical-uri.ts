import { LRUCache } from 'lru-cache';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import type { Protocol } from './protocols/define-protocol.ts';
import { protocols } from './protocols/registry.ts';

/** RFC 9110 section 4.1 asks for at least 8,000 octets. Inline data may be longer, and has a separate limit. */
const MAX_LENGTH = 8192;

/**
 * Maximum characters of recent results: policy, engine and protocol canonicalize the URI of one read separately, and a workflow reuses the same
 * few. Longer texts than `MAX_LENGTH` are not cached.
 */
const MAX_CACHE_CHARACTERS = 1024 * 1024;

/**
 * Text → the value that policy, log and fetch use; see the table in docs/resources.md. Parsed by WHATWG URL, if it is
 * one, and normalized by the protocol of its scheme. Idempotent: the `href` of the result gives the same result.
 * @throws Fault BAD_INPUT when the text is not a URI or means different things to different parsers,
 *   UNSUPPORTED_SCHEME when no protocol reads it.
 */
export type Canonicalize = (text: string) => CanonicalUri;

/** @param all the protocols of the server */
export function createCanonicalize(all: readonly Protocol[]): Canonicalize {
  const byScheme = new Map(all.map((protocol) => [protocol.scheme, protocol]));
  const cache = new LRUCache<string, CanonicalUri>({
    maxSize: MAX_CACHE_CHARACTERS,
    maxEntrySize: MAX_LENGTH,
    sizeCalculation: (_, text) => text.length + 1,
  });
  return (text) => {
    const cached = cache.get(text);
    if (cached) return cached;
    const uri = parseUri(text, byScheme);
    cache.set(text, uri);
    return uri;
  };
}

/** With the protocols that every server has. */
export const canonicalUri = createCanonicalize(protocols);

function parseUri(text: string, byScheme: ReadonlyMap<string, Protocol>): CanonicalUri {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined)
    throw new Fault('BAD_INPUT', `This is not an absolute URI. Begin it with ${listSchemes(byScheme)}.`);
  const protocol = byScheme.get(scheme);
  if (protocol === undefined) {
    throw new Fault('UNSUPPORTED_SCHEME', `No protocol reads "${scheme.slice(0, 32)}:". Use ${listSchemes(byScheme)}.`);
  }
  if (scheme !== 'data' && text.length > MAX_LENGTH) {
    throw new Fault('BAD_INPUT', `The URI is longer than ${MAX_LENGTH} characters. Use a shorter one.`);
  }
  // WHATWG silently drops tabs, newlines and outer spaces: two texts that look different would be the same URI.
  if (/[\p{Cc}\p{Z}]/u.test(text)) {
    throw new Fault('BAD_INPUT', 'The URI contains white space or a control character. Percent-encode or remove it.');
  }
  if (!text.isWellFormed())
    throw new Fault('BAD_INPUT', 'The URI contains half of a surrogate pair. Percent-encode its UTF-8.');
  if ('canonicalizeText' in protocol) return protocol.canonicalizeText(text);
  const url = URL.parse(text);
  if (url === null) throw new Fault('BAD_INPUT', parseProblem(text));
  if (url.username !== '' || url.password !== '' || (url.host !== '' && hasUserinfo(text))) {
    throw new Fault('BAD_INPUT', 'The URI contains a user name or password (the part before @). Remove it.');
  }
  return protocol.canonicalize(url);
}

/** WHATWG silently drops an empty userinfo (`http://@host`). */
function hasUserinfo(text: string): boolean {
  return /^[^:]+:[\\/]*[^\\/?#]*@/.test(text);
}

function parseProblem(text: string): string {
  if (/^[^:]+:[\\/]*\[[^\]/]*%/.test(text)) {
    return 'An IPv6 zone id (after %) names an interface of one machine only. Remove it.';
  }
  return 'This is not a valid URI: its host or port cannot be parsed. Check the part between // and the next /.';
}

function listSchemes(byScheme: ReadonlyMap<string, Protocol>): string {
  const names = [...byScheme.keys()].map((scheme) => `${scheme}:`);
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

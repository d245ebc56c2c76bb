import { Fault } from '../../core/errors.ts';
import { type ComponentGlob, labelsOf, type SegmentGlob, segmentsOf, type UriGlob } from './uri-glob.ts';

/** Schemes whose URIs always have a host (WHATWG "special"), with the port that canonical URIs leave out. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443', ws: '80', wss: '443', ftp: '21' };

/** `data:` is matched by media type, `artifact:` by algorithm and digest; both are written in lower case. */
const TWO_PART_SCHEMES: Readonly<Record<string, string>> = { data: 'data:text/*', artifact: 'artifact:sha256/**' };

const SPAN: SegmentGlob = { text: '**', wild: false, span: true };
const MAX_LENGTH = 1_024;

/** Characters that canonical URIs never contain, or that have a meaning in other glob languages but not in this one. */
const FORBIDDEN_CHARACTERS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Cc} ]/u, 'a URI never contains a space or a control character'],
  [/\P{ASCII}/u, 'write punycode in a host, and %XX in a path'],
  [/\\/, 'a URI never contains a backslash'],
  [/\?/, 'rules do not match the query; end the glob before the "?"'],
  [/#/, 'rules do not match the fragment; end the glob before the "#"'],
  [/\|/, 'put a space on both sides of "|" between alternatives'],
  [/["<>^`{}]/, 'a URI never contains this character; write it as %XX'],
];

/** Rejects the glob. `at` counts from 0 in the glob. */
type Refuse = (at: number, why: string) => never;

/**
 * The alternatives of a rule's uri or schema column, separated by ` | `.
 * @throws Fault BAD_INPUT with the position in the column, counted from 1
 */
export function parseUriGlobs(column: string): UriGlob[] {
  let offset = 0;
  return column.split(' | ').map((part) => {
    const start = offset + part.length - part.trimStart().length;
    offset += part.length + ' | '.length;
    return parseUriGlob(part.trim(), start);
  });
}

/**
 * One URI glob in the same canonical form as the URIs it is compared with: scheme and host in lower case, default port
 * omitted, unreserved characters decoded, hex digits in upper case.
 * @param offset where the glob begins in its column
 * @throws Fault BAD_INPUT when it is ambiguous, or could never match what it seems to mean
 */
export function parseUriGlob(text: string, offset = 0): UriGlob {
  const refuse: Refuse = (at, why) => {
    throw new Fault('BAD_INPUT', `"${text}" is not a URI glob: ${why} (character ${offset + at + 1}).`);
  };
  if (text === '') refuse(0, 'it is empty; write ** for everything');
  if (text.length > MAX_LENGTH) refuse(MAX_LENGTH, `it is longer than ${MAX_LENGTH} characters`);
  if (text === '**') return 'anything';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1];
  const isKey = scheme?.toLowerCase() === 'redis';
  for (const [characters, why] of FORBIDDEN_CHARACTERS) {
    const at = text.search(characters);
    if (at >= 0) refuse(at, isKey ? 'write * for this character of a key' : why);
  }
  if (scheme === undefined) {
    return refuse(0, 'it must begin with a scheme such as https:, without wildcards; ** alone matches everything');
  }
  const from = scheme.length + 1;
  if (isKey && text.startsWith('//', from)) return withKey(text, from + 2, refuse);
  return text.startsWith('//', from)
    ? withAuthority(scheme.toLowerCase(), text, from + 2, refuse)
    : withoutAuthority(scheme.toLowerCase(), text, from, refuse);
}

function withAuthority(scheme: string, text: string, from: number, refuse: Refuse): ComponentGlob {
  const slash = text.indexOf('/', from);
  const end = slash < 0 ? text.length : slash;
  const authority = text.slice(from, end);
  const isAnywhere = slash < 0 && authority === '**' && scheme !== 'file';
  if (slash < 0 && !isAnywhere) refuse(end, 'the path is missing: end it with /** for all paths, or / for the root');
  if (authority.includes('@')) refuse(from + authority.indexOf('@'), 'a URI with user info is always rejected');

  if (authority.startsWith('[') && !authority.includes(']')) refuse(from, 'the bracket of the address is not closed');
  const colon = authority.startsWith('[') ? authority.indexOf(':', authority.indexOf(']')) : authority.indexOf(':');
  const host = colon < 0 ? authority : authority.slice(0, colon);
  const port = colon < 0 ? '' : parsePort(scheme, authority.slice(colon + 1), from + colon + 1, refuse);
  return {
    scheme,
    host: parseHost(scheme, host, from, refuse),
    port,
    path: isAnywhere ? [SPAN] : parseSegments(text.slice(end), end, '/', refuse),
  };
}

/** `redis://KEY`: the whole key is a path, and nothing in it is encoded. */
function withKey(text: string, from: number, refuse: Refuse): ComponentGlob {
  const key = text.slice(from);
  if (key === '' || key.startsWith('/')) refuse(from, 'it must name a key; write redis:** for all of them');
  let at = from;
  const path = key.split('/').map((part): SegmentGlob => {
    if (part === '**') return SPAN;
    if (part.includes('**')) refuse(at + part.indexOf('**'), '** must be alone between two "/"');
    at += part.length + 1;
    return part.includes('*') ? { text: part, wild: true, span: false } : literal(part);
  });
  return { scheme: 'redis', host: literalHost(''), port: '', path };
}

function withoutAuthority(scheme: string, text: string, from: number, refuse: Refuse): ComponentGlob {
  const path = text.slice(from);
  if (scheme === 'file') refuse(from, 'a file glob must begin with file:///');
  if (scheme in DEFAULT_PORTS) refuse(from, `write ${scheme}://**:*/** for every host and port`);
  if (path === '**') return { scheme, host: [SPAN], port: '*', path: [SPAN] };
  if (path === '' || path.startsWith('/')) refuse(from, `write ${scheme}:** for all of them`);

  if (scheme === 'data' && /[;,]/.test(path)) refuse(path.search(/[;,]/) + from, 'data: is matched by media type only');
  const example = TWO_PART_SCHEMES[scheme];
  const segments = parseSegments(example ? path.toLowerCase() : path, from, '/', refuse);
  if (example && segments.length !== 2 && !segments.includes(SPAN)) {
    refuse(from, `it must have two parts, as in ${example}; write ${scheme}:** for all of them`);
  }
  return { scheme, host: literalHost(''), port: '', path: segments };
}

function parsePort(scheme: string, text: string, at: number, refuse: Refuse): string {
  if (text === '*') return '*';
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535)
    refuse(at, 'a port must be a number up to 65535, or * for any');
  const port = String(Number(text));
  return port === DEFAULT_PORTS[scheme] ? '' : port;
}

function parseHost(scheme: string, text: string, at: number, refuse: Refuse): readonly SegmentGlob[] {
  if (scheme === 'file' && text !== '') refuse(at, 'a file URI has no host: begin it with file:///');
  if (text === '' && scheme in DEFAULT_PORTS) refuse(at, 'the host is missing; write ** for any');
  if (text === '') return literalHost('');
  const host = text.toLowerCase().replace(/\.$/, '');
  if (host.startsWith('[')) return literalHost(whatwgHost(host, at, refuse));

  const odd = host.search(/[^a-z0-9._*-]/);
  if (odd >= 0) refuse(at + odd, `"${host[odd]}" is not allowed in a host`);
  if (!host.includes('*') && scheme in DEFAULT_PORTS) return literalHost(whatwgHost(host, at, refuse));
  const empty = host.split('.').indexOf('');
  if (empty >= 0) refuse(at, 'a label of the host is empty');
  return parseSegments(host, at, '.', refuse);
}

const literalHost = (host: string) => labelsOf(host).map(literal);

/** Canonicalized like URIs: `127.1` and `0x7f000001` are 127.0.0.1, IPv6 has its short form. */
function whatwgHost(host: string, at: number, refuse: Refuse): string {
  const url = URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`) : refuse(at, 'the host is not valid');
  if (url.hostname.startsWith('[::ffff:')) refuse(at, 'write an IPv4-mapped address as an IPv4 address');
  return url.hostname;
}

function parseSegments(text: string, at: number, separator: '/' | '.', refuse: Refuse): SegmentGlob[] {
  const parts = separator === '/' ? segmentsOf(text) : text.split(separator);
  let offset = at + (text.startsWith('/') ? 1 : 0);
  return parts.map((part) => {
    const segment = parseSegment(part, offset, separator, refuse);
    offset += part.length + 1;
    return segment;
  });
}

function parseSegment(part: string, at: number, separator: string, refuse: Refuse): SegmentGlob {
  if (part === '**') return SPAN;
  if (part.includes('**')) refuse(at + part.indexOf('**'), `** must be alone between two "${separator}"`);
  const bracket = part.search(/[[\]]/);
  if (bracket >= 0) refuse(at + bracket, 'only * and ** are wildcards; a * also matches a bracket');
  const text = part.replace(/%(.{0,2})/g, (encoded, hex: string, index: number) => {
    if (!/^[0-9a-f]{2}$/i.test(hex)) refuse(at + index, '"%" must be followed by two hex digits');
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    // As in canonical URIs: C1 controls are allowed, because they are bytes of ordinary UTF-8 here.
    if (/[/\\\x7f]/.test(character) || character < ' ') {
      refuse(at + index, `a URI with ${encoded} in its path is always rejected`);
    }
    return /[a-z0-9._~-]/i.test(character) ? character : encoded.toUpperCase();
  });
  const twice = text.search(/%25[0-9a-f]{2}/i);
  if (twice >= 0) refuse(at + part.search(/%25/), 'a URI that is percent-encoded twice is always rejected');
  if (text === '.' || text === '..') refuse(at, 'a canonical path has no "." or ".." segment');
  return text.includes('*') ? { text, wild: true, span: false } : literal(text);
}

function literal(text: string): SegmentGlob {
  return { text, wild: false, span: false };
}

import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { matchStars, matchWildcards } from './wildcard.ts';

/** One label of a host or one segment of a path of a glob. */
export interface SegmentGlob {
  readonly text: string;
  /** Contains a `*`, which matches any characters of this segment. */
  readonly wild: boolean;
  /** Is `**`, which matches any number of whole segments, including none. */
  readonly span: boolean;
}

/** A rule's URI glob, with the components of a canonical URI. `*` matches within one component only. */
export interface ComponentGlob {
  readonly scheme: string;
  /** Labels from left to right; an IPv6 address is one label. */
  readonly host: readonly SegmentGlob[];
  /** Decimal digits, `''` for the scheme's default port only, `*` for any port. */
  readonly port: string;
  readonly path: readonly SegmentGlob[];
}

/** `anything` is the glob `**` alone: every URI, and the absence of one. */
export type UriGlob = 'anything' | ComponentGlob;

/** A canonical URI, split once for all globs that it is compared with. */
export interface UriParts {
  readonly scheme: string;
  readonly host: readonly string[];
  readonly port: string;
  readonly path: readonly string[];
}

/** Rules do not match the query: a caller that may read a path may read it with any query. docs/policy.md explains why. */
export function splitUri(uri: CanonicalUri): UriParts {
  const { scheme, host, port, path } = uri;
  return { scheme, host: labelsOf(host), port, path: segmentsOf(path) };
}

/** IPv6 addresses are not split: their dots do not separate labels. */
export function labelsOf(host: string): string[] {
  return host.startsWith('[') ? [host] : host.split('.');
}

/** Without the leading slash, which every path of a URI with an authority has and no other path has. */
export function segmentsOf(path: string): string[] {
  return (path.startsWith('/') ? path.slice(1) : path).split('/');
}

/** True when the glob matches the URI; only `**` matches an absent URI. Takes at most glob × URI length steps. */
export function matchUriGlob(glob: UriGlob, target: UriParts | undefined): boolean {
  if (glob === 'anything') return true;
  return (
    target !== undefined &&
    glob.scheme === target.scheme &&
    (glob.port === '*' || glob.port === target.port) &&
    matchSegments(glob.host, target.host) &&
    matchSegments(glob.path, target.path)
  );
}

function matchSegments(pattern: readonly SegmentGlob[], segments: readonly string[]): boolean {
  return matchWildcards(pattern, segments, isSpan, fits);
}

const isSpan = (segment: SegmentGlob) => segment.span;

/** An empty segment (`//`) is matched by an empty one or by `**`, never by `*`. */
function fits({ text, wild }: SegmentGlob, segment: string): boolean {
  return wild ? segment !== '' && matchStars(text, segment) : text === segment;
}

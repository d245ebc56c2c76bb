/**
 * A URI that was parsed, checked and normalized once (`resources/canonical-uri.ts`). The policy decides on this value,
 * and the same value is logged and opened; its text is never parsed again.
 */
export interface CanonicalUri {
  /** The complete URI, as it is logged and matched: printable ASCII. Never contains a fragment or userinfo. */
  readonly href: string;
  /** Lower case, without the colon. */
  readonly scheme: string;
  /** Lower case, IDN as punycode, IPv6 in brackets; empty for schemes without an authority. */
  readonly host: string;
  /** Decimal digits; empty means the scheme's default port. */
  readonly port: string;
  /** Percent-encoded; for `data:` the media type alone (`text/csv`); for `artifact:` `sha256/<hex>`; for `redis:` the key as it is. */
  readonly path: string;
  /** Without the question mark; empty for a URI without a query. */
  readonly query: string;
}

/** Schemes of what this server knows by a name. Nothing can be read from their URIs; they are for the policy. */
export const NAMED_SCHEMES = ['memory', 'role', 'run', 'worker', 'workflow'] as const;

/** The URI of something that this server knows by a name, for the policy: `memory:notes`, `workflow:nightly`. */
export function namedUri(scheme: (typeof NAMED_SCHEMES)[number], name: string): CanonicalUri {
  return { href: `${scheme}:${name}`, scheme, host: '', port: '', path: name, query: '' };
}

/**
 * A URI that was parsed, checked and normalized once (`resources/canonical-uri.ts`). The same value is decided on,
 * logged and opened; nothing parses its text again.
 */
export interface CanonicalUri {
  /** The whole, as it is logged and matched. Never holds a fragment or userinfo. */
  readonly href: string;
  /** Lower case, without the colon. */
  readonly scheme: string;
  /** Lower case, IDN as punycode, IPv6 in brackets; empty for schemes without an authority. */
  readonly host: string;
  /** Decimal digits; empty means the scheme's default port. */
  readonly port: string;
  /** Percent-encoded; for `data:` the media type alone (`text/csv`); for `artifact:` `sha256/<hex>`. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
}

import type { Violation } from '../../core/errors.ts';

export interface SchemaDocument {
  /** How it was asked for; references name it so. */
  readonly uri: string;
  /** Where it was found, after redirects; its own references count from there (RFC 3986 section 5.1.3). */
  readonly base: string;
  readonly text: string;
}

/** What the worker is asked. */
export interface ValidationRequest {
  /** Digest of the documents. */
  readonly key: string;
  /** The schema first, then what it refers to. */
  readonly documents: readonly SchemaDocument[];
  readonly json: string | Uint8Array;
  /** Stop at the first violation. */
  readonly firstOnly: boolean;
}

export type ValidationResponse =
  | { readonly violations: readonly Violation[] }
  /** URI of a document that is referred to and was not given. */
  | { readonly missing: string };

/** A URI for a message: that of inline data is as long as the data. */
export function shortenUri(uri: string): string {
  return uri.length > 200 ? `${uri.slice(0, 199)}…` : uri;
}

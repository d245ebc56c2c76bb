import type { Violation } from '../../core/errors.ts';

export interface SchemaDocument {
  /** The URI it was requested with, as references write it. */
  readonly uri: string;
  /** The URI after redirects, against which its references are resolved (RFC 3986 section 5.1.3). */
  readonly base: string;
  readonly text: string;
}

/** The input of the worker. */
export interface ValidationRequest {
  /** Digest of the documents. */
  readonly key: string;
  /** The schema first, then the documents that it refers to. */
  readonly documents: readonly SchemaDocument[];
  readonly json: string | Uint8Array;
  /** Stop at the first violation. */
  readonly firstOnly: boolean;
}

export type ValidationResponse =
  | { readonly violations: readonly Violation[] }
  /** URI of a document that is referred to and was not in the request. */
  | { readonly missing: string };

/** Shortens a URI for a message: a `data:` URI is as long as its data. */
export function shortenUri(uri: string): string {
  return uri.length > 200 ? `${uri.slice(0, 199)}…` : uri;
}

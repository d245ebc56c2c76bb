import type { CanonicalUri } from './canonical-uri.ts';
import type { Scope } from './principal.ts';
import type { StepOutput } from './run.ts';

/** Bytes on their way: read once, either as a stream or whole. */
export interface Body {
  /** Where they come from: a canonical URI, after redirects. */
  readonly uri: string;
  /** RFC 6838, parameters allowed, lower-case type. */
  readonly mediaType: string;
  /** In bytes, where the source tells it. */
  readonly size?: number;
  /** The bytes. Ends with Fault RESOURCE_TOO_LARGE past the limit. */
  stream(): AsyncIterable<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  /** Decoded by byte order mark, then the media type's charset, then UTF-8. @throws Fault BAD_INPUT when it is not text. */
  text(): Promise<string>;
  /** Frees what is behind it when it is not read to the end. */
  cancel(): Promise<void>;
}

/** The bytes that a step made: whole, as a stream, or as a finished file from `scratch()`. */
export type Content = string | Uint8Array | AsyncIterable<Uint8Array> | { readonly file: string };

/** What a command or an agent made. Strings are UTF-8; say so in the media type. */
export interface StepResult {
  readonly mediaType: string;
  readonly content: Content;
}

/** A resource named or given by the caller (the GraphQL input `ResourceInput`): exactly one key. */
export type ResourceInput =
  | { readonly uri: string }
  | { readonly text: { readonly text: string; readonly mediaType?: string } }
  | { readonly bytes: { readonly base64: string; readonly mediaType?: string } };

/** How a read is done: who may stop it, how much it may bring, and who is asked before each hop. */
export interface ReadContext {
  readonly signal: AbortSignal;
  /** In decoded bytes. */
  readonly maxBytes: number;
  /** Asks the policy; called for the URI itself and for every redirect. @throws Fault FORBIDDEN and its kin. */
  authorize(uri: CanonicalUri): void;
  /** What the reader may see of stored content. Absent for reads on nobody's behalf, which see none. */
  readonly scope?: Scope;
  /** What the run itself has made so far, which may not be in the store yet. */
  readonly findOutput?: (digest: string) => StepOutput | undefined;
}

/** Everything that can be read, behind one door. */
export interface Resources {
  /** @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
  canonicalize(uri: string): CanonicalUri;
  /** Parses, asks policy, opens. @throws Fault of any kind in docs/resources.md */
  read(source: ResourceInput, ctx: ReadContext): Promise<Body>;
  /** The last bytes of a text file; empty when it is not there. Policy has been asked. @throws Fault as `read` does */
  tail(uri: CanonicalUri, maxBytes: number): Promise<string>;
  /** Adds to a text file, which is made when it is not there. Policy has been asked. @throws Fault as `read` does, RESOURCE_TOO_LARGE */
  append(uri: CanonicalUri, text: string): Promise<void>;
  /** What the policy is asked about for this source: an inline one counts as the `data:` URI it stands for. */
  policyUriOf(source: ResourceInput): CanonicalUri;
  readonly protocols: readonly ProtocolInfo[];
}

export interface ProtocolInfo {
  readonly scheme: string;
  readonly description: string;
  /** Name → number with its unit in the name, for example `maxBytes`. */
  readonly limits: Readonly<Record<string, number>>;
}

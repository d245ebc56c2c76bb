import type { CanonicalUri } from './canonical-uri.ts';
import type { Cpu } from './cpu-pool.ts';
import type { Violation } from './errors.ts';
import type { Scope, User } from './principal.ts';
import type { StepOutput } from './run.ts';

/** How an option that takes a resource is stated, for messages. */
export const RESOURCE_FORMS = '{uri}, {text} or {bytes}; in an envelope, input_uri or payload_b64';

/** The content of a resource: read once, either as a stream or at once. */
export interface Body {
  /** Canonical URI of the source, after redirects. */
  readonly uri: string;
  /** RFC 6838, parameters allowed, lower-case type. */
  readonly mediaType: string;
  /** In bytes, if the source states it. */
  readonly size?: number;
  /** The bytes. Ends with Fault RESOURCE_TOO_LARGE past the limit. */
  stream(): AsyncIterable<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  /** Decoded by byte order mark, else the charset of the media type, else UTF-8. @throws Fault BAD_INPUT when it is not text. */
  text(): Promise<string>;
  /** Releases the source when the body is not read to the end. */
  cancel(): Promise<void>;
}

/** The output of a step: complete, as a stream, or as a finished file from `scratch()`. */
export type Content = string | Uint8Array | AsyncIterable<Uint8Array> | { readonly file: string };

/** The result of a command or an agent. Strings are UTF-8; state that in the media type. */
export interface StepResult {
  readonly mediaType: string;
  readonly content: Content;
}

/** A resource by URI or inline (the GraphQL input `ResourceInput`): exactly one of `uri`, `text`, `bytes`. */
export type ResourceInput =
  | {
      readonly uri: string;
      /** Instead of the one that the source states. */
      readonly mediaType?: string;
      /** Instead of the one in the media type. */
      readonly charset?: string;
    }
  | { readonly text: { readonly text: string; readonly mediaType?: string } }
  | { readonly bytes: { readonly base64: string; readonly mediaType?: string } };

/** The conditions of a read: what aborts it, its size limit, and who authorizes each hop. */
export interface ReadContext {
  readonly signal: AbortSignal;
  /** In decoded bytes. */
  readonly maxBytes: number;
  /** Asks the policy; called for the URI and for every redirect. @throws Fault FORBIDDEN, THROTTLED, APPROVAL_REQUIRED */
  authorize(uri: CanonicalUri): void;
  /** On whose behalf: connections are shared by tenant, then by user. Absent for reads of the server itself. */
  readonly owner?: Pick<User, 'tenant' | 'subject'>;
  /** The stored content that the reader may see. Absent for reads without a principal, which see none. */
  readonly scope?: Scope;
  /** Finds outputs of the current run that may not be stored yet. */
  readonly findOutput?: (digest: string) => StepOutput | undefined;
}

/** Access to every resource that can be read. */
export interface Resources {
  /** @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
  canonicalize(uri: string): CanonicalUri;
  /** Parses the URI, asks the policy, opens the resource. @throws Fault see docs/resources.md */
  read(source: ResourceInput, ctx: ReadContext): Promise<Body>;
  /** The last bytes of a text file; empty when it does not exist. The policy has been asked. @throws Fault as `read` does */
  tail(uri: CanonicalUri, maxBytes: number): Promise<string>;
  /** Appends to a text file, and creates it when missing. The policy has been asked. @throws Fault as `read` does, RESOURCE_TOO_LARGE */
  append(uri: CanonicalUri, text: string): Promise<void>;
  /** The URI that the policy decides on: for inline content, its `data:` URI. */
  policyUriOf(source: ResourceInput): CanonicalUri;
  readonly protocols: readonly ProtocolInfo[];
}

export interface ProtocolInfo {
  readonly scheme: string;
  readonly description: string;
  /** By name; the name contains the unit, for example `maxBytes`. */
  readonly limits: Readonly<Record<string, number>>;
}

/** Validates data against untrusted JSON Schemas. */
export interface SchemaValidator {
  /**
   * All violations, at most 100; empty when the data is valid.
   * @throws Fault BAD_INPUT when the schema is not usable, RESOURCE_TOO_LARGE, TIMEOUT, and what `read` throws
   */
  validate(request: {
    readonly json: string | Uint8Array;
    /** As the caller wrote it, because the canonical form of a `data:` URI no longer contains the data. */
    readonly schemaUri: string;
    /** Reads the schema and every document that it refers to; asks the policy. */
    read(uri: string): Promise<Body>;
    /** Where it runs, on behalf of the caller. */
    readonly cpu: Cpu;
    /** Limit of its CPU time: `timeout_ms` of the step. Default 10 s. */
    readonly timeoutMs?: number;
    readonly signal: AbortSignal;
  }): Promise<readonly Violation[]>;
}

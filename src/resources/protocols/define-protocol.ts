import type { Config } from '../../config/config.ts';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import type { Scope } from '../../core/principal.ts';
import type { ReadContext } from '../../core/resource.ts';
import type { StoredContent } from '../../core/store-reader.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { Redis } from '../redis/redis.ts';
import type { S3Client } from '../s3/s3-client.ts';

/** The dependencies with which a protocol opens a URI. */
export interface OpenContext extends ReadContext {
  readonly settings: Config['resources'];
  readonly outgoing: Outgoing;
  readonly artifacts: ArtifactStore;
  /** Content that a run produced, if `scope` may see it. */
  readonly content: (scope: Scope, digest: string) => Promise<StoredContent | undefined>;
  /** The S3 service of the operator, and where in it the artifacts are. */
  readonly s3?: {
    readonly client: S3Client;
    readonly artifacts?: { readonly bucket: string; readonly prefix: string };
  };
  /** The Redis server of the operator. */
  readonly redis?: Redis;
  /** For a URI in a response, such as the target of a redirect. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
  readonly canonicalize: (uri: string) => CanonicalUri;
}

/** A resource that is open but not read. The caller counts its bytes, and stops it at the signal. */
export interface OpenedResource {
  /** The canonical URI after redirects. */
  readonly uri: string;
  readonly mediaType: string;
  /** In decoded bytes, if the source states it. */
  readonly size?: number;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  /** Releases the source of `content`. Called once: when it was read to its end, failed, or is no longer needed. */
  release?(): void | Promise<void>;
}

interface ReadingProtocol {
  /** Lower case, without the colon. */
  readonly scheme: string;
  /** One sentence, shown in the catalog. */
  readonly description: string;
  /** Shown in the catalog: name → number with its unit in the name. */
  limits(settings: Config['resources']): Readonly<Record<string, number>>;
  /** Calls `ctx.authorize` for every further URI, such as a redirect; the first is already authorized. @throws Fault */
  open(uri: CanonicalUri, ctx: OpenContext): Promise<OpenedResource>;
}

type Canonicalizer =
  | {
      /** @param url parsed by WHATWG rules; free of userinfo, white space and control characters. @throws Fault BAD_INPUT */
      canonicalize(url: URL): CanonicalUri;
    }
  | {
      /**
       * For URIs that WHATWG cannot parse.
       * @param text free of white space, control characters and halves of surrogate pairs; the scheme in any case. @throws Fault BAD_INPUT
       */
      canonicalizeText(text: string): CanonicalUri;
    };

/** Reads one URI scheme. A new one is one file in `protocols/` and one line in `registry.ts`. */
export type Protocol = ReadingProtocol & Canonicalizer;

/** Returns the object unchanged; gives it its type. */
export function defineProtocol<P extends Protocol>(protocol: P): P {
  return protocol;
}

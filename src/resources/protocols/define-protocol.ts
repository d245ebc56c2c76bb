import type { Config } from '../../config/config.ts';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import type { Scope } from '../../core/principal.ts';
import type { ReadContext } from '../../core/resource.ts';
import type { StoredContent } from '../../core/store-reader.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';

/** What a protocol may use to open a URI. */
export interface OpenContext extends ReadContext {
  readonly settings: Config['resources'];
  readonly outgoing: Outgoing;
  readonly artifacts: ArtifactStore;
  /** What a run made, as far as `scope` sees it. */
  readonly content: (scope: Scope, digest: string) => Promise<StoredContent | undefined>;
  /** For a URI that an answer names, such as the target of a redirect. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
  readonly canonicalize: (uri: string) => CanonicalUri;
}

/** A resource that is open but not read. Its bytes are counted, and stopped by the signal, by who opened it. */
export interface OpenedResource {
  /** The canonical URI it was found at, after redirects. */
  readonly uri: string;
  readonly mediaType: string;
  /** In decoded bytes, where the source tells it. */
  readonly size?: number;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  /** Frees what is behind `content`: called once when it was read to its end, failed, or is no longer wanted. */
  release?(): void | Promise<void>;
}

/** Reads one URI scheme. A new one is one file in `protocols/` and one line in `protocols.ts`. */
export interface Protocol {
  /** Lower case, without the colon. */
  readonly scheme: string;
  /** One sentence, shown in the catalog. */
  readonly description: string;
  /** Shown in the catalog: name → number with its unit in the name. */
  limits(settings: Config['resources']): Readonly<Record<string, number>>;
  /** @param url parsed by WHATWG rules; free of userinfo, white space and control characters. @throws Fault BAD_INPUT */
  canonicalize(url: URL): CanonicalUri;
  /** Asks `ctx.authorize` about every further URI that it is led to; the first was asked about. @throws Fault */
  open(uri: CanonicalUri, ctx: OpenContext): Promise<OpenedResource>;
}

/** Checks nothing and changes nothing: it gives the object its type. */
export function defineProtocol(protocol: Protocol): Protocol {
  return protocol;
}

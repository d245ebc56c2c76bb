import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Config } from '../config/config.ts';
import { abortFault } from '../core/abort.ts';
import type { ArtifactStore } from '../core/artifact-store.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import type { Scope } from '../core/principal.ts';
import type { Body, ReadContext, ResourceInput, Resources } from '../core/resource.ts';
import type { StoredContent } from '../core/store-reader.ts';
import { isTracingEnabled } from '../core/tracing.ts';
import { parseMediaType } from '../lib/media-type.ts';
import { canonicalUri } from './canonical-uri.ts';
import { decodeBase64 } from './content/decode-base64.ts';
import type { Outgoing } from './outgoing/outgoing.ts';
import { appendFile, tailFile } from './protocols/append-file.ts';
import { createBody } from './protocols/body.ts';
import type { OpenedResource } from './protocols/define-protocol.ts';
import { protocols } from './protocols/registry.ts';

export interface ResourcesDeps {
  readonly settings: Config['resources'];
  readonly outgoing: Outgoing;
  readonly artifacts: ArtifactStore;
  /** `StoreReader.content`. */
  readonly content: (scope: Scope, digest: string) => Promise<StoredContent | undefined>;
}

type Inline = Exclude<ResourceInput, { readonly uri: string }>;

export function createResources(deps: ResourcesDeps): Resources {
  const openUri = async (uri: CanonicalUri, ctx: ReadContext): Promise<OpenedResource> => {
    const protocol = protocols.find(({ scheme }) => scheme === uri.scheme);
    if (!protocol) throw new Fault('UNSUPPORTED_SCHEME', `No protocol reads "${uri.scheme}:".`);
    return await protocol.open(uri, {
      ...deps,
      ...ctx,
      authorize: (hop) => ctx.authorize(hop),
      canonicalize: canonicalUri,
    });
  };

  return {
    canonicalize: canonicalUri,
    policyUriOf: subjectOf,
    tail: (uri, maxBytes) => tailFile(uri, deps, maxBytes),
    append: (uri, text) => appendFile(uri, deps, text),
    protocols: protocols.map(({ scheme, description, limits }) => ({
      scheme,
      description,
      limits: limits(deps.settings),
    })),
    async read(source, ctx) {
      const uri = subjectOf(source);
      ctx.authorize(uri);
      if (ctx.signal.aborted) throw abortFault(ctx.signal);
      return await withReadSpan(uri, ctx, async () =>
        'uri' in source ? await openUri(uri, ctx) : openInline(source, uri, ctx.maxBytes),
      );
    },
  };
}

function subjectOf(source: ResourceInput): CanonicalUri {
  return 'uri' in source ? canonicalUri(source.uri) : canonicalUri(`data:${inlineMediaType(source).essence}`);
}

function inlineMediaType(source: Inline) {
  const text = 'text' in source ? (source.text.mediaType ?? 'text/plain') : source.bytes.mediaType;
  const parsed = parseMediaType(text ?? 'application/octet-stream');
  if (!parsed) throw new Fault('BAD_INPUT', 'The media type is not valid (RFC 6838). Write one such as text/csv.');
  return parsed;
}

function openInline(source: Inline, uri: CanonicalUri, maxBytes: number): OpenedResource {
  const type = inlineMediaType(source);
  if ('bytes' in source) {
    return { uri: uri.href, mediaType: type.toString(), content: decodeBase64(source.bytes.base64, maxBytes) };
  }
  const { text } = source.text;
  if (!text.isWellFormed())
    throw new Fault('BAD_INPUT', 'The text contains half of a surrogate pair. Send it as bytes.');
  // The text is already decoded, so a charset parameter no longer applies.
  if (type.params.has('charset')) type.params.set('charset', 'utf-8');
  return { uri: uri.href, mediaType: type.toString(), content: Buffer.from(text) };
}

/** One span from the opening until the body was read, failed or was cancelled. */
async function withReadSpan(uri: CanonicalUri, ctx: ReadContext, open: () => Promise<OpenedResource>): Promise<Body> {
  if (!isTracingEnabled()) return createBody(await open(), ctx);
  const attributes = { 'url.scheme': uri.scheme, ...(uri.host && { 'server.address': uri.host }) };
  return await trace.getTracer('signalbox').startActiveSpan('resource.read', { attributes }, async (span) => {
    const ended = ({ bytes, error }: { readonly bytes: number; readonly error?: unknown }) => {
      span.setAttribute('resource.bytes', bytes);
      if (error !== undefined) {
        const code = error instanceof Fault ? error.code : 'INTERNAL';
        span.setStatus({ code: SpanStatusCode.ERROR, message: code });
        span.setAttribute('error.type', code);
      }
      span.end();
    };
    let opened: OpenedResource;
    try {
      opened = await open();
    } catch (error) {
      ended({ bytes: 0, error });
      throw error;
    }
    return await createBody(opened, { signal: ctx.signal, maxBytes: ctx.maxBytes, onEnd: ended });
  });
}

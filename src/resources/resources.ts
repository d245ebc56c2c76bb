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
import { mediaTypeInUtf8, parseMediaType } from '../lib/media-type.ts';
import { createCanonicalize } from './canonical-uri.ts';
import { decodeBase64 } from './content/decode-base64.ts';
import type { Outgoing } from './outgoing/outgoing.ts';
import { appendFile, tailFile } from './protocols/append-file.ts';
import { createBody } from './protocols/body.ts';
import type { OpenContext, OpenedResource, Protocol } from './protocols/define-protocol.ts';
import { protocols as builtIn } from './protocols/registry.ts';

export interface ResourcesDeps extends Pick<OpenContext, 's3' | 'redis'> {
  readonly settings: Config['resources'];
  readonly outgoing: Outgoing;
  readonly artifacts: ArtifactStore;
  /** `StoreReader.content`. */
  readonly content: (scope: Scope, digest: string) => Promise<StoredContent | undefined>;
  /** Protocols of plugins. */
  readonly protocols?: readonly Protocol[];
}

type Inline = Exclude<ResourceInput, { readonly uri: string }>;

export function createResources(deps: ResourcesDeps): Resources {
  const protocols = [...builtIn, ...(deps.protocols ?? [])];
  const canonicalize = createCanonicalize(protocols);
  const policyUriOf = (source: ResourceInput) =>
    canonicalize('uri' in source ? source.uri : `data:${inlineMediaType(source).essence}`);
  const openUri = async (uri: CanonicalUri, ctx: ReadContext): Promise<OpenedResource> => {
    const protocol = protocols.find(({ scheme }) => scheme === uri.scheme);
    if (!protocol) throw new Fault('UNSUPPORTED_SCHEME', `No protocol reads "${uri.scheme}:".`);
    return await protocol.open(uri, {
      ...deps,
      ...ctx,
      authorize: (hop) => ctx.authorize(hop),
      canonicalize,
    });
  };

  return {
    canonicalize,
    policyUriOf,
    tail: (uri, maxBytes) => tailFile(uri, deps, maxBytes),
    append: (uri, text) => appendFile(uri, deps, text),
    protocols: protocols.map(({ scheme, description, limits }) => ({
      scheme,
      description,
      limits: limits(deps.settings),
    })),
    async read(source, ctx) {
      const uri = policyUriOf(source);
      const restate = 'uri' in source ? mediaTypeOverride(source) : undefined;
      ctx.authorize(uri);
      if (ctx.signal.aborted) throw abortFault(ctx.signal);
      return await withReadSpan(uri, ctx, async () => {
        if (!('uri' in source)) return openInline(source, uri, ctx.maxBytes);
        const opened = await openUri(uri, ctx);
        return restate ? { ...opened, mediaType: restate(opened.mediaType) } : opened;
      });
    },
  };
}

const CHARSET = /^[A-Za-z0-9][\w.:+-]{0,39}$/;

/** From the media type of the source to the one that the caller states; undefined if the caller states nothing. */
function mediaTypeOverride({ mediaType, charset }: Exclude<ResourceInput, Inline>) {
  if (mediaType === undefined && charset === undefined) return undefined;
  if (charset !== undefined && !CHARSET.test(charset))
    throw new Fault('BAD_INPUT', 'The charset must be a name of the WHATWG Encoding standard, such as windows-1250.', {
      path: ['charset'],
    });
  const stated = mediaType === undefined ? undefined : validMediaType(mediaType);
  return (original: string): string => {
    const type = stated ?? parseMediaType(original) ?? validMediaType('application/octet-stream');
    if (charset !== undefined) type.params.set('charset', charset);
    return type.toString();
  };
}

function inlineMediaType(source: Inline) {
  const text = 'text' in source ? (source.text.mediaType ?? 'text/plain') : source.bytes.mediaType;
  return validMediaType(text ?? 'application/octet-stream');
}

function validMediaType(text: string) {
  const parsed = parseMediaType(text);
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
  return { uri: uri.href, mediaType: mediaTypeInUtf8(type.toString(), text), content: Buffer.from(text) };
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

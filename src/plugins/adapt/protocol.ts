import { abortable, abortFault } from '../../core/abort.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Body } from '../../core/resource.ts';
import { parseMediaType } from '../../lib/media-type.ts';
import { MAX_REDIRECTS } from '../../resources/outgoing/redirect-target.ts';
import { createBody } from '../../resources/protocols/body.ts';
import type { OpenContext, OpenedResource, Protocol } from '../../resources/protocols/define-protocol.ts';
import { http } from '../../resources/protocols/http.ts';
import { canonicalPath, canonicalQuery } from '../../resources/uri/canonical-path.ts';
import type { PluginProtocol, PluginResource } from '../definition/definitions.ts';

/** What one URI may read: itself, and as many more as a web resource may have redirects. */
const MAX_READS = MAX_REDIRECTS + 1;

/** The protocol as the server reads with it: with the limits of built-in ones, and one canonical form of every URI. */
export function toProtocol(protocol: PluginProtocol): Protocol {
  const { scheme, description } = protocol;
  return {
    scheme,
    description,
    limits: ({ fetchMaxBytes, totalTimeoutMs }) => ({ maxBytes: fetchMaxBytes, maxReads: MAX_READS, totalTimeoutMs }),
    canonicalize(url) {
      const uri = canonicalForm(protocol.canonicalize(withoutFragment(url)), scheme);
      const again = protocol.canonicalize(new URL(uri.href));
      if (again === uri.href) return uri;
      throw new TypeError(`the protocol ${scheme} canonicalizes ${uri.href} to ${again}, instead of itself`);
    },
    open: (uri, ctx) => openWithin(protocol, uri, ctx),
  };
}

function withoutFragment(url: URL): URL {
  const copy = new URL(url);
  copy.hash = '';
  return copy;
}

/** @throws Fault BAD_INPUT for a path that programs read in different ways */
function canonicalForm(text: string, scheme: string): CanonicalUri {
  const url = URL.parse(text);
  if (url?.protocol !== `${scheme}:`) throw new TypeError(`the protocol ${scheme} canonicalizes to another scheme`);
  const path = canonicalPath(url.pathname);
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new Fault(
      'BAD_INPUT',
      'The path contains a segment . or .., which programs read in different ways. Remove it.',
    );
  }
  if (path.includes('\\')) throw new Fault('BAD_INPUT', 'The path contains a backslash. Write %5C or a slash.');
  const query = canonicalQuery(url.search);
  const host = url.hostname.toLowerCase();
  if (/^\.+$/.test(host)) throw new Fault('BAD_INPUT', `${host} is not the name of a host.`);
  const authority = url.host === '' && !text.startsWith(`${scheme}://`) ? '' : `//${host}${url.port && `:${url.port}`}`;
  // Without a host, what follows two slashes would be read as one.
  if (authority === '' && path.startsWith('//')) {
    throw new Fault('BAD_INPUT', 'The path begins with two slashes, but the URI has no host. Remove one.');
  }
  const href = `${scheme}:${authority}${path}${query && `?${query}`}`;
  return { href, scheme, host, port: url.port, path, query };
}

async function openWithin(protocol: PluginProtocol, uri: CanonicalUri, ctx: OpenContext): Promise<OpenedResource> {
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(ctx.settings.totalTimeoutMs)]);
  let reads = 0;
  const read = async (url: string): Promise<Body> => {
    const target = ctx.canonicalize(url);
    if (target.scheme !== 'http' && target.scheme !== 'https') {
      throw new Fault(
        'UNSUPPORTED_SCHEME',
        `The protocol ${uri.scheme} may read http and https only, not ${target.scheme}:.`,
      );
    }
    reads += 1;
    if (reads > MAX_READS) {
      throw new Fault('RESOURCE_UNREACHABLE', `${uri.href} leads to more than ${MAX_READS} other resources.`);
    }
    ctx.authorize(target);
    return createBody(await http.open(target, { ...ctx, signal }), { signal, maxBytes: ctx.maxBytes });
  };
  const context = { signal, maxBytes: ctx.maxBytes, read };
  const opened = await orAborted(protocol.open(new URL(uri.href), context), signal);
  return { uri: uri.href, mediaType: mediaTypeOf(opened), ...contentOf(opened, signal) };
}

/** What is opened after the abort is released. */
function orAborted(opening: Promise<PluginResource>, signal: AbortSignal): Promise<PluginResource> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(abortFault(signal));
      opening.then((late) => late.release?.()).catch(() => {});
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    opening.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject);
  });
}

function mediaTypeOf({ mediaType }: PluginResource): string {
  return parseMediaType(mediaType)?.toString() ?? 'application/octet-stream';
}

function contentOf(opened: PluginResource, signal: AbortSignal): Pick<OpenedResource, 'content' | 'release'> {
  const { content } = opened;
  const release = opened.release && { release: () => opened.release?.() };
  if (typeof content === 'string') return { content: Buffer.from(content), ...release };
  if (content instanceof Uint8Array) return { content, ...release };
  return { content: abortable(content, signal), ...release };
}

import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { type ErrorCode, Fault } from '../../core/errors.ts';
import { parseMediaType } from '../../lib/media-type.ts';
import { ACCEPTED_CODINGS, decodeContent } from '../content/content-coding.ts';
import { networkFault } from '../outgoing/network-fault.ts';
import type { OutgoingResponse } from '../outgoing/outgoing.ts';
import { headerOf, MAX_REDIRECTS, redirectTarget } from '../outgoing/redirect-target.ts';
import { canonicalHost } from '../uri/canonical-host.ts';
import { canonicalPath, canonicalQuery } from '../uri/canonical-path.ts';
import { defineProtocol, type OpenContext, type OpenedResource } from './define-protocol.ts';

/** The canonical form of an http or https URL: origin, path and query. A fragment is never sent, and is omitted. */
function canonicalHttp(url: URL): CanonicalUri {
  const scheme = url.protocol.slice(0, -1);
  const host = canonicalHost(url.hostname);
  const port = url.port;
  if (port === '0') throw new Fault('BAD_INPUT', 'Nothing listens on port 0. Write the real port, or omit it.');
  const path = canonicalPath(url.pathname);
  const query = canonicalQuery(url.search);
  const href = `${scheme}://${host}${port && `:${port}`}${path}${query && `?${query}`}`;
  return { href, scheme, host, port, path, query };
}

/**
 * GETs a resource. Follows at most five redirects, each canonicalized and authorized like the first URI; never from https to
 * http, never to another scheme. Never sends credentials. One time limit applies to the whole request.
 */
async function openHttp(uri: CanonicalUri, ctx: OpenContext): Promise<OpenedResource> {
  const deadline = performance.now() + ctx.settings.totalTimeoutMs;
  let hop = uri;
  for (let redirects = 0; ; redirects++) {
    const answer = await ctx.outgoing.request(hop, {
      headers: { accept: '*/*', 'accept-encoding': ACCEPTED_CODINGS },
      signal: ctx.signal,
      owner: ctx.owner,
      timeoutMs: deadline - performance.now(),
    });
    try {
      const target = redirectTarget(hop, answer, redirects, ctx.canonicalize);
      if (!target) return toOpenedResource(hop, answer);
      hop = target;
      ctx.authorize(hop);
    } catch (error) {
      answer.body.destroy();
      throw error;
    }
    answer.body.destroy();
  }
}

function toOpenedResource(uri: CanonicalUri, answer: OutgoingResponse): OpenedResource {
  const { status, body } = answer;
  // 206 was not requested: a part must not pass for the whole.
  if (status < 200 || status > 299 || status === 206) throw readFault(uri, answer);
  const coding = headerOf(answer, 'content-encoding') ?? '';
  const length = Number(headerOf(answer, 'content-length') ?? Number.NaN);
  const type = parseMediaType(headerOf(answer, 'content-type') ?? '');
  return {
    uri: uri.href,
    mediaType: type?.toString() ?? 'application/octet-stream',
    ...(coding === '' && Number.isSafeInteger(length) && { size: length }),
    content: withNetworkFaults(decodeContent(coding, body), uri.host),
    release: () => void body.destroy(),
  };
}

async function* withNetworkFaults(content: AsyncIterable<Uint8Array>, host: string): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw networkFault(error, host);
  }
}

const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['RESOURCE_UNREACHABLE', 'asks for credentials, which Signalbox does not send'],
  403: ['RESOURCE_UNREACHABLE', 'does not allow Signalbox to read this'],
  404: ['NOT_FOUND', 'has nothing at this URI'],
  410: ['NOT_FOUND', 'no longer has anything at this URI'],
  429: ['RESOURCE_UNREACHABLE', 'receives too many requests; try again later'],
};

function readFault(uri: CanonicalUri, answer: OutgoingResponse): Fault {
  const [code, why] = BY_STATUS[answer.status] ?? ['RESOURCE_UNREACHABLE', 'returned no resource'];
  return new Fault(code, `${uri.host} ${why} (status ${answer.status}).`, {
    details: { uri: uri.href, status: answer.status },
  });
}

export const http = defineProtocol({
  scheme: 'http',
  description: 'GET from a web server. Redirects are followed if the policy allows each.',
  limits: (settings) => ({
    maxBytes: settings.fetchMaxBytes,
    maxRedirects: MAX_REDIRECTS,
    headerTimeoutMs: settings.headerTimeoutMs,
    totalTimeoutMs: settings.totalTimeoutMs,
  }),
  canonicalize: canonicalHttp,
  open: openHttp,
});

export const https = defineProtocol({
  ...http,
  scheme: 'https',
  description: 'GET from a web server over TLS. Redirects are followed if the policy allows each, never to plain http.',
});

import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { abortFault } from '../../core/abort.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { decodeContent } from '../content/content-coding.ts';
import type { Names } from './names.ts';
import { networkFault } from './network-fault.ts';
import type { Places, RequestOwner } from './places.ts';
import { checkHeaders } from './request-headers.ts';

export interface FetchOptions {
  /** Maximum of one response, decoded. */
  readonly maxBytes: number;
  /** Maximum time without data, before the response and within it. */
  readonly idleMs: number;
  readonly owner?: RequestOwner;
  /** Aborts all requests of this fetch. */
  readonly signal?: AbortSignal;
}

interface FetchDeps {
  readonly agent: Dispatcher;
  readonly places: Places;
  readonly names: Pick<Names, 'prepare'>;
  readonly version: string;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Fetch standard, "null body status". */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/** See `Outgoing.fetch`. */
export function createOutgoingFetch(deps: FetchDeps, to: CanonicalUri, options: FetchOptions): typeof globalThis.fetch {
  const origin = originOf(to);
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.origin !== origin) {
      throw new Fault(
        'FORBIDDEN',
        `Only ${origin} is allowed here, but the request goes to ${url.origin}. Use that URI directly.`,
      );
    }
    const headers = Object.fromEntries(request.headers);
    checkHeaders(headers);
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    const stop = combineSignals([request.signal, options.signal]);
    let release = () => {};
    const settle = () => {
      release();
      stop.forget();
    };
    try {
      release = await deps.places.take(origin, options.owner, stop.signal);
      await deps.names.prepare(to.host, options.owner, stop.signal);
      const answer = await deps.agent.request({
        origin,
        path: url.pathname + url.search,
        method: request.method as Dispatcher.HttpMethod,
        headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': `signalbox/${deps.version}` },
        body,
        signal: stop.signal,
        headersTimeout: options.idleMs,
        bodyTimeout: options.idleMs,
      });
      answer.body.once('close', settle);
      answer.body.on('error', () => {});
      return toResponse(answer, to, options.maxBytes, stop.signal);
    } catch (error) {
      settle();
      throw stop.signal.aborted ? stop.signal.reason : networkFault(error, to.host);
    }
  };
}

export function originOf({ scheme, host, port }: CanonicalUri): string {
  return `${scheme}://${host}${port && `:${port}`}`;
}

/** One signal for several, which releases them: the longest one outlives many requests. */
function combineSignals(signals: readonly (AbortSignal | undefined)[]) {
  const stop = new AbortController();
  const all = signals.filter((signal) => signal !== undefined);
  const onAbort = (event: Event) => stop.abort(abortFault(event.target as AbortSignal));
  for (const signal of all) {
    if (signal.aborted) stop.abort(abortFault(signal));
    else signal.addEventListener('abort', onAbort, { once: true });
  }
  const forget = () => {
    for (const signal of all) signal.removeEventListener('abort', onAbort);
  };
  return { signal: stop.signal, forget };
}

function toResponse(
  answer: Dispatcher.ResponseData,
  to: CanonicalUri,
  maxBytes: number,
  signal: AbortSignal,
): Response {
  const { statusCode: status, body } = answer;
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const each of typeof value === 'object' ? value : [value]) if (each !== undefined) headers.append(name, each);
  }
  const why =
    REDIRECTS.has(status) && headers.has('location')
      ? 'redirects, which is not followed here. Use the URI that it redirects to.'
      : status < 200 || status > 599
        ? 'responds with an invalid HTTP status.'
        : undefined;
  if (why !== undefined) {
    body.destroy();
    throw new Fault('RESOURCE_UNREACHABLE', `${to.host} ${why}`, { details: { status } });
  }
  if (NULL_BODY_STATUSES.has(status)) {
    body.destroy();
    return new Response(null, { status, headers });
  }
  const coding = headers.get('content-encoding') ?? '';
  headers.delete('content-encoding');
  if (coding !== '') headers.delete('content-length');
  return new Response(boundedStream(coding, body, to.host, maxBytes, signal), { status, headers });
}

/** Reads no further than its reader. Cancelling it ends the request at once, even while the host is silent. */
function boundedStream(coding: string, body: Readable, host: string, maxBytes: number, signal: AbortSignal) {
  const chunks = decodeContent(coding, body);
  let remaining = maxBytes;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done) return controller.close();
          remaining -= value.byteLength;
          if (remaining < 0) throw tooLarge(host, maxBytes);
          controller.enqueue(value);
        } catch (error) {
          body.destroy();
          controller.error(signal.aborted ? signal.reason : networkFault(error, host));
        }
      },
      cancel: () => void body.destroy(),
    },
    { highWaterMark: 0 },
  );
}

function tooLarge(host: string, maxBytes: number): Fault {
  return new Fault('RESOURCE_TOO_LARGE', `${host} sends more than ${maxBytes} bytes. Request less at a time.`);
}

import { setTimeout } from 'node:timers/promises';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { readEvents } from '../../resources/content/event-stream.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import type { RequestOwner } from '../../resources/outgoing/places.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';
import {
  isResponseTo,
  parseMessages,
  type RpcMessage,
  RpcResponseError,
  responseToServer,
  rpcText,
} from './json-rpc.ts';
import { lostConnectionFault, notMcpFault, truncateMessage, unusableServerFault } from './mcp-fault.ts';
import { metadataHeaders } from './request-metadata.ts';
import { createDuplexTransport, type ExchangeOptions, type McpTransport, SessionLost } from './transport.ts';

export interface McpHttpDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
}

export interface McpHttpTarget {
  readonly uri: CanonicalUri;
  readonly headers: Readonly<Record<string, string>>;
  readonly owner: RequestOwner;
}

/** Of one response; with SSE one response carries the whole session. */
const MAX_RESPONSE_BYTES = 16 * 2 ** 20;
/** A tool may be silent while it works, also before the headers of its response; the time limit of the step ends it. */
const IDLE_MS = 24 * 3_600_000;
/** How long ending the session may take. */
const CLOSE_TIMEOUT_MS = 500;
/** How often a stream is resumed, and the time before that if the server names none. */
const MAX_RESUMES = 3;
const RESUME_MS = 1_000;
const MAX_RESUME_MS = 30_000;

/** Streamable HTTP (MCP 2025-11-25 and 2026-07-28, "Streamable HTTP") through the guarded fetch. */
export function openHttpTransport({ uri, headers, owner }: McpHttpTarget, deps: McpHttpDeps): McpTransport {
  const where = uri.host;
  const fetch = deps.outgoing.fetch(uri, { maxBytes: MAX_RESPONSE_BYTES, idleMs: IDLE_MS, owner });
  let session: Readonly<Record<string, string>> | undefined;

  const post = async (message: RpcMessage, { signal, version, tool }: ExchangeOptions): Promise<Response> => {
    const isFirst = message.method === 'initialize';
    if (isFirst) session = undefined;
    const used = session;
    const response = await fetch(uri.href, {
      method: 'POST',
      headers: {
        ...headers,
        ...used,
        ...metadataHeaders(message, version, tool),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: rpcText(message),
      signal,
    });
    const id = response.headers.get('mcp-session-id');
    if (isFirst && response.ok && id !== null) session = { 'mcp-session-id': id };
    if (response.ok) return response;
    const { status } = response;
    const text = await response.text().catch(() => '');
    if (used && isForgotten(status, text)) throw new SessionLost();
    const error = parseMessages(text)?.[0]?.error;
    if (error && (status === 400 || status === 404)) throw new RpcResponseError(error, status);
    const detail = truncateMessage(error?.message ?? text);
    throw statusFault(`The MCP server ${where}`, status, response.headers.get('retry-after'), detail);
  };

  /** The rest of a stream that the server has ended before its response, from the event after this one. */
  const resume = (lastEventId: string, { signal, version }: ExchangeOptions) =>
    fetch(uri.href, {
      headers: {
        ...headers,
        ...session,
        ...(version !== undefined && { 'mcp-protocol-version': version }),
        accept: 'text/event-stream',
        'last-event-id': lastEventId,
      },
      signal,
    });

  return {
    async exchange(request, options) {
      const stream: StreamPosition = { retryMs: RESUME_MS };
      let response = await post(request, options);
      for (let resumes = 0; ; resumes += 1) {
        let loss: unknown;
        stream.lastEventId = undefined;
        try {
          for await (const message of messagesOf(response, where, stream)) {
            if (isResponseTo(message, request.id)) return message;
            const answer = responseToServer(message);
            if (answer)
              void post(answer, options)
                .then((sent) => sent.body?.cancel())
                .catch(() => {});
            else if (message.method !== undefined) options.onNotification?.(message);
          }
        } catch (error) {
          if (stream.lastEventId === undefined || options.signal.aborted) throw error;
          loss = error;
        }
        const { lastEventId, retryMs } = stream;
        if (lastEventId === undefined || resumes === MAX_RESUMES) throw lostConnectionFault(where, loss);
        await setTimeout(Math.min(retryMs, MAX_RESUME_MS), undefined, { signal: options.signal });
        response = await resume(lastEventId, options);
        if (!response.ok) throw lostConnectionFault(where, loss);
      }
    },
    async notify(message, options) {
      const response = await post(message, options);
      await response.body?.cancel();
    },
    async close() {
      if (!session) return;
      const signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
      const named = { ...headers, ...session };
      session = undefined;
      const response = await fetch(uri.href, { method: 'DELETE', headers: named, signal }).catch(() => undefined);
      await response?.body?.cancel();
    },
  };
}

/** 404 says so (MCP 2025-11-25, "Session Management"); some servers answer 400, and say it in words. */
function isForgotten(status: number, text: string): boolean {
  return status === 404 || (status === 400 && /\bsession\b/i.test(text));
}

interface StreamPosition {
  /** Set by events with an id: then the stream can be resumed. */
  lastEventId?: string | undefined;
  retryMs: number;
}

/** The messages of a response, as they arrive. @throws Fault */
async function* messagesOf(response: Response, where: string, stream: StreamPosition): AsyncGenerator<RpcMessage> {
  const mediaType = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!response.body || response.status === 202) return;
  if (mediaType === 'application/json') {
    yield* requireMessages(await response.text(), where);
    return;
  }
  if (mediaType !== 'text/event-stream') {
    await response.body.cancel();
    throw unusableServerFault(where, `it answered with the content type ${truncateMessage(mediaType) || '(none)'}`);
  }
  const onRetry = (ms: number) => {
    stream.retryMs = ms;
  };
  for await (const { id, event = 'message', data } of readEvents(response.body, onRetry)) {
    stream.lastEventId = id || stream.lastEventId;
    if (event === 'message' && data.trim() !== '') yield* requireMessages(data, where);
  }
}

function requireMessages(text: string, where: string): readonly RpcMessage[] {
  const messages = parseMessages(text);
  if (messages) return messages;
  throw notMcpFault(where);
}

/** HTTP with SSE (MCP 2024-11-05), for servers without streamable HTTP. */
export function openSseTransport({ uri, headers, owner }: McpHttpTarget, deps: McpHttpDeps): McpTransport {
  const where = uri.host;
  const fetch = deps.outgoing.fetch(uri, { maxBytes: MAX_RESPONSE_BYTES, idleMs: IDLE_MS, owner });
  const closing = new AbortController();
  const endpoint = Promise.withResolvers<URL>();
  endpoint.promise.catch(() => {});

  const request = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    if (response.ok) return response;
    const detail = truncateMessage(await response.text().catch(() => ''));
    throw statusFault(`The MCP server ${where}`, response.status, response.headers.get('retry-after'), detail);
  };
  const transport = createDuplexTransport(
    async (message, signal) => {
      const { href } = await endpoint.promise;
      const posted = { ...headers, 'content-type': 'application/json' };
      const response = await request(href, {
        method: 'POST',
        headers: posted,
        body: rpcText(message),
        signal: signal ?? closing.signal,
      });
      await response.body?.cancel();
    },
    async () => closing.abort(),
  );
  const listen = async () => {
    const accept = { ...headers, accept: 'text/event-stream' };
    const response = await request(uri.href, { headers: accept, signal: closing.signal });
    if (!response.body) return;
    for await (const { event = 'message', data } of readEvents(response.body)) {
      if (event === 'endpoint') endpoint.resolve(endpointUrl(data, uri, where));
      else if (event === 'message' && data.trim() !== '')
        for (const message of requireMessages(data, where)) transport.receive(message);
    }
  };
  const end = (why?: unknown) => {
    const fault = lostConnectionFault(where, why);
    endpoint.reject(fault);
    transport.fail(fault);
  };
  listen().then(() => end(), end);
  return transport;
}

function endpointUrl(data: string, uri: CanonicalUri, where: string): URL {
  const url = URL.parse(data, uri.href);
  if (url && url.origin === new URL(uri.href).origin) return url;
  throw unusableServerFault(where, 'it wants its messages at another origin');
}

import type { Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';
import { abortFault } from '../../core/abort.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { connectTo, type GuardDeps, guardedConnector, loadUndici } from './guarded-connector.ts';
import { createNames } from './names.ts';
import { networkFault } from './network-fault.ts';
import { createOutgoingFetch, type FetchOptions, originOf } from './outgoing-fetch.ts';
import { forwardRequest, type HttpExchange } from './outgoing-forward.ts';
import { type ConnectOptions, type OutgoingSocket, openSocket } from './outgoing-socket.ts';
import { createPlaces, type RequestOwner } from './places.ts';

export interface OutgoingDeps extends GuardDeps {
  /** Version of Signalbox, for the User-Agent header. */
  readonly version: string;
}

interface OutgoingRequest {
  /** Default: GET. */
  readonly method?: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
  readonly owner?: RequestOwner;
  /** From the call to the last byte of the body. Absent: only the signal ends the request, also while the server is silent. */
  readonly timeoutMs?: number;
}

interface ForwardOptions {
  /** Replace those of the request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly owner: RequestOwner;
}

export interface OutgoingResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As sent: content codings are not decoded. Its errors are not faults; see `networkFault`. Read or destroy it. */
  readonly body: Readable;
}

/** The only way to other machines: it connects to public and explicitly allowed addresses only. */
export interface Outgoing {
  /** One request, one response; redirects are not followed. @throws Fault RESOURCE_UNREACHABLE, TIMEOUT, FORBIDDEN, CANCELLED */
  request(uri: CanonicalUri, request: OutgoingRequest): Promise<OutgoingResponse>;
  /**
   * A WHATWG fetch for the origin of this URI only. Redirects are rejected, and the size of responses is limited. Its errors,
   * and those of reading a body, are faults. The policy must have been asked before.
   */
  fetch(to: CanonicalUri, options: FetchOptions): typeof globalThis.fetch;
  /** A WebSocket to this http or https URI. @throws Fault as `request`, and by the status that rejects it */
  connect(to: CanonicalUri, options: ConnectOptions): Promise<OutgoingSocket>;
  /**
   * Passes a request that this server received on to this URI, and the response back, whatever its status: neither is
   * buffered, and redirects are not followed. @throws Fault as `request`
   */
  forward(to: CanonicalUri, exchange: HttpExchange, options: ForwardOptions): Promise<void>;
  /** Aborts all active requests. */
  close(): Promise<void>;
}

/** Requests to one origin at once. Further ones wait for a place, within their time limit. */
const MAX_CONNECTIONS_PER_ORIGIN = 64;
/** The same for sessions, which are long and mostly idle. */
const MAX_FETCH_CONNECTIONS_PER_ORIGIN = 256;

export function createOutgoing(deps: OutgoingDeps): Outgoing {
  const names = createNames(deps.headerTimeoutMs, deps.lookup);
  const connect = guardedConnector(deps, names);
  const closing = new AbortController();
  const placesOfRequest = createPlaces(MAX_CONNECTIONS_PER_ORIGIN);
  const placesOfFetch = createPlaces(MAX_FETCH_CONNECTIONS_PER_ORIGIN);
  const agents: { request?: Agent; fetch?: Agent } = {};
  const agentWith = (options: Agent.Options) => {
    const agent = new (loadUndici().Agent)({ connect, allowH2: false, ...options });
    if (closing.signal.aborted) void agent.destroy();
    return agent;
  };
  const agentOfRequest = () => {
    const { headerTimeoutMs: ms } = deps;
    agents.request ??= agentWith({ connections: MAX_CONNECTIONS_PER_ORIGIN, headersTimeout: ms, bodyTimeout: ms });
    return agents.request;
  };
  const agentOfFetch = () => {
    agents.fetch ??= agentWith({ connections: MAX_FETCH_CONNECTIONS_PER_ORIGIN });
    return agents.fetch;
  };

  return {
    async request(uri, { method = 'GET', headers, body, signal, owner, timeoutMs }) {
      if (signal.aborted) throw abortFault(signal);
      const stop = new AbortController();
      const onAbort = () => stop.abort(abortFault(signal));
      const timeout = new Fault('TIMEOUT', `${uri.host} did not send its whole response in time. Try again later.`);
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop.abort(timeout), Math.max(timeoutMs, 1));
      let release = () => {};
      const settle = () => {
        release();
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const origin = originOf(uri);
        release = await placesOfRequest.take(origin, owner, stop.signal);
        await names.prepare(uri.host, owner, stop.signal);
        const answer = await agentOfRequest().request({
          origin,
          path: uri.query === '' ? uri.path : `${uri.path}?${uri.query}`,
          method,
          headers: { ...headers, 'user-agent': `signalbox/${deps.version}` },
          signal: stop.signal,
          ...(body && { body }),
          ...(timeoutMs === undefined && { headersTimeout: 0, bodyTimeout: 0 }),
        });
        answer.body.once('close', settle);
        // A body that is destroyed before its end emits an error that may have no listener.
        answer.body.on('error', () => {});
        return { status: answer.statusCode, headers: answer.headers, body: answer.body };
      } catch (error) {
        settle();
        throw networkFault(stop.signal.aborted ? stop.signal.reason : error, uri.host);
      }
    },
    fetch: (to, options) =>
      createOutgoingFetch({ agent: agentOfFetch(), places: placesOfFetch, names, version: deps.version }, to, options),
    connect: (to, options) => openSocket({ ...deps, connect, names, closing: closing.signal }, to, options),
    async forward(to, exchange, { headers, signal, owner }) {
      const stop = AbortSignal.any([signal, closing.signal]);
      await names.prepare(to.host, owner, stop);
      const socket = await connectTo(connect, to, [stop]);
      const cut = () => socket.destroy();
      stop.addEventListener('abort', cut, { once: true });
      try {
        const path = to.query === '' ? to.path : `${to.path}?${to.query}`;
        await forwardRequest(exchange, { socket, host: `${to.host}${to.port && `:${to.port}`}`, path, headers });
      } catch (error) {
        throw stop.aborted ? abortFault(stop) : networkFault(error, to.host);
      } finally {
        stop.removeEventListener('abort', cut);
      }
    },
    async close() {
      closing.abort(new Fault('UNAVAILABLE', 'This server is stopping. Try again later.'));
      await Promise.all([agents.request?.destroy(), agents.fetch?.destroy()]);
    },
  };
}

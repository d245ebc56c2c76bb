import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, buildConnector } from 'undici';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import { abortFault } from './abortable.ts';
import { canonicalHost } from './canonical-host.ts';
import { networkFault } from './network-fault.ts';
import { isPublicAddress } from './public-address.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface OutgoingDeps {
  /** Signalbox's own, for the User-Agent header. */
  readonly version: string;
  /** `host:port` that may be private addresses; IPv6 in brackets. */
  readonly allowedPrivateHosts: readonly string[];
  /** How long a host may take to accept a connection, to answer, or to be silent within its answer. */
  readonly headerTimeoutMs: number;
  /** All addresses of a name; the system's resolver unless told. */
  readonly lookup?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
}

export interface OutgoingRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** From the call to the last byte of the body. */
  readonly timeoutMs: number;
}

export interface OutgoingAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it was sent: content codings are not undone. Its errors are not faults; see `networkFault`. Destroy or read it. */
  readonly body: Readable;
}

/** The only way to other machines: one pool of connections, none of which leads to an address that is not public. */
export interface Outgoing {
  /** One GET, one answer; redirects are not followed. @throws Fault RESOURCE_UNREACHABLE, TIMEOUT, FORBIDDEN, CANCELLED */
  get(uri: CanonicalUri, request: OutgoingRequest): Promise<OutgoingAnswer>;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

/** More requests to one origin wait for a free connection, within their own time. */
const CONNECTIONS_PER_ORIGIN = 64;

type Judge = (address: string) => boolean;

export function createOutgoing(deps: OutgoingDeps): Outgoing {
  const agent = new Agent({
    connect: guardedConnector(deps),
    connections: CONNECTIONS_PER_ORIGIN,
    allowH2: false,
    headersTimeout: deps.headerTimeoutMs,
    bodyTimeout: deps.headerTimeoutMs,
  });

  return {
    async get(uri, { headers, signal, timeoutMs }) {
      if (signal.aborted) throw abortFault(signal);
      const stop = new AbortController();
      const onAbort = () => stop.abort(abortFault(signal));
      const late = new Fault('TIMEOUT', `${uri.host} did not send everything in time. Try again later.`);
      const timer = setTimeout(() => stop.abort(late), Math.max(timeoutMs, 1));
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const answer = await agent.request({
          origin: `${uri.scheme}://${uri.host}${uri.port && `:${uri.port}`}`,
          path: uri.query === '' ? uri.path : `${uri.path}?${uri.query}`,
          method: 'GET',
          headers: { ...headers, 'user-agent': `signalbox/${deps.version}` },
          signal: stop.signal,
        });
        answer.body.once('close', settle);
        // A body that is destroyed before its end emits an error, which nobody need be waiting for.
        answer.body.on('error', () => {});
        return { status: answer.statusCode, headers: answer.headers, body: answer.body };
      } catch (error) {
        settle();
        throw networkFault(stop.signal.aborted ? stop.signal.reason : error, uri.host);
      }
    },
    close: () => agent.destroy(),
  };
}

/**
 * Connects only where it may: a literal address is judged before, every resolved address is judged before any of them
 * is tried and these very ones are tried (so a second answer of the name server changes nothing), and the peer's
 * address is judged after. TLS checks the certificate against the name, as ever.
 */
function guardedConnector(deps: OutgoingDeps): buildConnector.connector {
  const exempt = new Set(deps.allowedPrivateHosts.map(endpoint));
  const resolve = deps.lookup ?? ((hostname: string) => systemLookup(hostname, { all: true, order: 'verbatim' }));
  const connectorFor = (judge: Judge) =>
    buildConnector({
      allowH2: false,
      timeout: deps.headerTimeoutMs,
      autoSelectFamily: true,
      lookup: judgedLookup(resolve, judge),
    });
  const anywhere: Judge = () => true;
  const toPublic = connectorFor(isPublicAddress);
  const toAny = connectorFor(anywhere);

  return (options, done) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    const isExempt = exempt.has(`${options.hostname}:${port}`);
    const judge = isExempt ? anywhere : isPublicAddress;
    if (isIP(options.hostname) !== 0 && !judge(options.hostname)) {
      // Undici expects the answer after the call.
      return void setImmediate(done, notPublic(options.hostname), null);
    }
    (isExempt ? toAny : toPublic)(options, (...[error, socket]) => {
      if (error) return done(error, null);
      if (judge(socket.remoteAddress ?? '')) return done(null, socket);
      socket.destroy();
      done(notPublic(options.hostname), null);
    });
  };
}

function judgedLookup(
  resolve: (hostname: string) => Promise<readonly ResolvedAddress[]>,
  judge: Judge,
): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (!first) return done(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '');
        if (!found.every(({ address }) => judge(address))) return done(notPublic(hostname) as Error, '');
        if (options.all) done(null, [...found]);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
}

/** `host:port` as the connector sees it: canonical host, IPv6 without brackets. */
function endpoint(entry: string): string {
  const colon = entry.lastIndexOf(':');
  return canonicalHost(entry.slice(0, colon)).replace(/^\[|\]$/g, '') + entry.slice(colon);
}

function notPublic(host: string): Fault {
  return new Fault(
    'FORBIDDEN',
    `${host} has an address that is not public. If it is meant to be reached, list it with its port in ALLOWED_PRIVATE_HOSTS.`,
  );
}

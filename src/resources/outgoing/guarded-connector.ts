import { createRequire } from 'node:module';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { abortFault } from '../../core/abort.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { isPublicAddress } from '../../lib/ip-address.ts';
import { canonicalHost } from '../uri/canonical-host.ts';
import type { Lookup, Names } from './names.ts';
import { networkFault } from './network-fault.ts';

const require = createRequire(import.meta.url);

/** The HTTP client. It is large, so it is loaded with the first connection to another machine. */
export function loadUndici(): typeof import('undici') {
  return require('undici') as typeof import('undici');
}

export interface GuardDeps {
  /** `host:port` that may be private addresses; IPv6 in brackets. */
  readonly allowedPrivateHosts: readonly string[];
  /** Maximum time to accept a connection, to begin the response, and between two parts of the response. */
  readonly headerTimeoutMs: number;
  /** Default: the resolver of the system. */
  readonly lookup?: Lookup;
}

type AddressFilter = (address: string) => boolean;

/**
 * Connects only to allowed addresses: a literal address is checked first; all resolved addresses are checked before any of
 * them is tried, and exactly these are tried (so a second DNS response changes nothing); the peer's address is checked
 * after connecting. TLS verifies the certificate against the name as usual.
 */
export function guardedConnector(deps: GuardDeps, { lookup }: Pick<Names, 'lookup'>): buildConnector.connector {
  const exempt = new Set(deps.allowedPrivateHosts.map(canonicalEndpoint));
  const anywhere: AddressFilter = () => true;
  const connectors = new Map<AddressFilter, buildConnector.connector>();
  const connectorFor = (judge: AddressFilter) => {
    const cached = connectors.get(judge);
    if (cached) return cached;
    const connector = loadUndici().buildConnector({
      allowH2: false,
      timeout: deps.headerTimeoutMs,
      autoSelectFamily: true,
      lookup: filteredLookup(lookup, judge),
    });
    connectors.set(judge, connector);
    return connector;
  };

  return (options, done) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    const isExempt = exempt.has(`${options.hostname}:${port}`);
    const judge = isExempt ? anywhere : isPublicAddress;
    if (isIP(options.hostname) !== 0 && !judge(options.hostname)) {
      // Undici expects the callback after this call returns.
      return void setImmediate(done, notPublicFault(options.hostname), null);
    }
    connectorFor(judge)(options, (...[error, socket]) => {
      if (error) return done(error, null);
      if (judge(socket.remoteAddress ?? '')) return done(null, socket);
      socket.destroy();
      done(notPublicFault(options.hostname), null);
    });
  };
}

/** A connection to the host of this URI, with TLS for https. @throws Fault CANCELLED, and of the connection */
export function connectTo(connect: buildConnector.connector, to: CanonicalUri, signals: readonly AbortSignal[]) {
  return new Promise<Socket>((resolve, reject) => {
    const onAbort = (event: Event) => reject(abortFault(event.target as AbortSignal));
    for (const signal of signals) {
      if (signal.aborted) return reject(abortFault(signal));
      signal.addEventListener('abort', onAbort, { once: true });
    }
    const place = {
      hostname: to.host.replace(/^\[|\]$/g, ''),
      host: `${to.host}${to.port && `:${to.port}`}`,
      protocol: `${to.scheme}:`,
      port: to.port,
    };
    connect(place, (error, socket) => {
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
      if (error) return reject(networkFault(error, to.host));
      if (signals.some((signal) => signal.aborted)) socket.destroy();
      else resolve(socket);
    });
  });
}

function filteredLookup(lookup: Lookup, judge: AddressFilter): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!first) return done(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '');
        if (!addresses.every(({ address }) => judge(address))) return done(notPublicFault(hostname) as Error, '');
        if (options.all) done(null, [...addresses]);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
}

/** `host:port` as the connector sees it: canonical host, IPv6 without brackets. */
function canonicalEndpoint(entry: string): string {
  const colon = entry.lastIndexOf(':');
  return canonicalHost(entry.slice(0, colon)).replace(/^\[|\]$/g, '') + entry.slice(colon);
}

function notPublicFault(host: string): Fault {
  return new Fault(
    'FORBIDDEN',
    `${host} has an address that is not public. To allow it, list it with its port in ALLOWED_PRIVATE_HOSTS.`,
  );
}

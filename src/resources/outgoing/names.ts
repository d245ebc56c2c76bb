import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import { createFairSlots } from '../../lib/fair-queue.ts';
import { type RequestOwner, SERVER } from './places.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a name to all of its addresses. */
export type Lookup = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** The addresses of names, each looked up once for the requests of half a minute. */
export interface Names {
  /**
   * Looks the name up before a connection does, which does not know on whose behalf it is. Look-ups in progress are shared
   * fairly by tenant, then user. @throws Fault TIMEOUT, see `abortFault`, and the error of the look-up
   */
  prepare(hostname: string, owner: RequestOwner, signal: AbortSignal): Promise<void>;
  /** For a connection: the addresses that were prepared, else a look-up on behalf of the server. */
  readonly lookup: Lookup;
}

/** What libuv looks up at once: names take half of its four threads. A name server may take half a minute for each. */
const MAX_LOOKUPS = 2;
const REMEMBERED_MS = 30_000;
const MAX_REMEMBERED = 1_000;
const NEVER_ABORTED = new AbortController().signal;

/** Of the resolver of the system, whose threads the whole process shares. */
const systemSlots = createFairSlots(MAX_LOOKUPS);

/**
 * @param patienceMs how long a request waits for a name
 * @param custom default: the resolver of the system
 */
export function createNames(patienceMs: number, custom?: Lookup): Names {
  const resolve = custom ?? resolveBySystem;
  const slots = custom ? createFairSlots(MAX_LOOKUPS) : systemSlots;
  const remembered = new LRUCache<string, Promise<readonly ResolvedAddress[]>>({
    max: MAX_REMEMBERED,
    ttl: REMEMBERED_MS,
  });

  const find = async (hostname: string, owner: RequestOwner, signal: AbortSignal) => {
    if (remembered.has(hostname)) return remembered.get(hostname) ?? [];
    const release = await slots.take(owner ?? SERVER, signal);
    // Held until there is an answer, because the thread is: the request may have been aborted long before.
    const addresses = (remembered.get(hostname) ?? resolve(hostname)).finally(release);
    remembered.set(hostname, addresses);
    addresses.catch(() => remembered.delete(hostname));
    return addresses;
  };

  return {
    async prepare(hostname, owner, signal) {
      if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return;
      if (signal.aborted) throw abortFault(signal);
      const stop = new AbortController();
      const stopped = Promise.withResolvers<never>();
      const end = (reason: unknown) => {
        stop.abort(reason);
        stopped.reject(reason);
      };
      const timer = setTimeout(() => end(lateFault(hostname)), patienceMs);
      const onAbort = () => end(abortFault(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await Promise.race([find(hostname, owner, stop.signal), stopped.promise]);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      }
    },
    lookup: (hostname) => find(hostname, undefined, NEVER_ABORTED),
  };
}

function lateFault(hostname: string): Fault {
  return new Fault(
    'TIMEOUT',
    `The address of ${hostname} was not found in time. Check its name server, or try again later.`,
  );
}

function resolveBySystem(hostname: string): Promise<readonly ResolvedAddress[]> {
  return systemLookup(hostname, { all: true, order: 'verbatim' });
}

import { abortFault } from '../../core/abort.ts';
import type { User } from '../../core/principal.ts';
import { createFairQueue, type FairQueue } from '../../lib/fair-queue.ts';

/** On whose behalf a request is sent; undefined for the server itself. */
export type RequestOwner = Pick<User, 'tenant' | 'subject'> | undefined;

/** Requests to one origin that may be in progress, shared fairly by tenant, then user. */
export interface Places {
  /**
   * Waits for a place. An eighth of the places of an origin is never given to one user, so that another who arrives finds one.
   * @returns releases the place; may be called repeatedly
   * @throws the reason of the signal
   */
  take(origin: string, owner: RequestOwner, signal: AbortSignal): Promise<() => void>;
}

interface Waiter {
  readonly owner: string;
  start(): void;
}

interface Origin {
  inUse: number;
  readonly inUseByOwner: Map<string, number>;
  readonly queue: FairQueue<Waiter>;
}

const SERVER = { tenant: '', subject: '' };

export function createPlaces(perOrigin: number): Places {
  const share = perOrigin - Math.max(1, Math.floor(perOrigin / 8));
  const origins = new Map<string, Origin>();
  let arrivals = 0;

  const change = (origin: Origin, owner: string, by: 1 | -1) => {
    origin.inUse += by;
    const count = (origin.inUseByOwner.get(owner) ?? 0) + by;
    if (count === 0) origin.inUseByOwner.delete(owner);
    else origin.inUseByOwner.set(owner, count);
  };
  const hasRoom = ({ inUse, inUseByOwner }: Origin, owner: string) =>
    inUse < perOrigin && (inUseByOwner.get(owner) ?? 0) < share;
  const occupy = (name: string, origin: Origin, owner: string): (() => void) => {
    change(origin, owner, 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      change(origin, owner, -1);
      origin.queue.first((waiter) => hasRoom(origin, waiter.owner))?.start();
      if (origin.inUse === 0) origins.delete(name);
    };
  };

  return {
    async take(name, requestOwner, signal) {
      if (signal.aborted) throw abortFault(signal);
      const { tenant, subject } = requestOwner ?? SERVER;
      const owner = `${tenant}\n${subject}`;
      const origin = origins.get(name) ?? { inUse: 0, inUseByOwner: new Map(), queue: createFairQueue<Waiter>() };
      origins.set(name, origin);
      if (hasRoom(origin, owner)) return occupy(name, origin, owner);
      return new Promise((resolve, reject) => {
        arrivals += 1;
        const start = () => {
          signal.removeEventListener('abort', cancel);
          place.serve();
          resolve(occupy(name, origin, owner));
        };
        const cancel = () => {
          place.withdraw();
          reject(abortFault(signal));
        };
        const place = origin.queue.add({ tenant, subject }, { owner, start }, arrivals);
        signal.addEventListener('abort', cancel, { once: true });
      });
    },
  };
}

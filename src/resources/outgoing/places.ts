import { abortFault } from '../../core/abort.ts';
import type { User } from '../../core/principal.ts';
import { createFairSlots, type FairSlots } from '../../lib/fair-queue.ts';

/** On whose behalf a request is sent; undefined for the server itself. */
export type RequestOwner = Pick<User, 'tenant' | 'subject'> | undefined;

/** Requests to one origin that may be in progress, shared fairly by tenant, then user. */
export interface Places {
  /**
   * Waits for a place.
   * @returns releases it; may be called repeatedly
   * @throws Fault see `abortFault`
   */
  take(origin: string, owner: RequestOwner, signal: AbortSignal): Promise<() => void>;
}

/** Who the server itself is where owners share. */
export const SERVER = { tenant: '', subject: '' };

export function createPlaces(perOrigin: number): Places {
  const origins = new Map<string, FairSlots>();
  return {
    async take(origin, owner, signal) {
      const slots = origins.get(origin) ?? createFairSlots(perOrigin);
      origins.set(origin, slots);
      const removeIfUnused = () => {
        if (slots.size === 0) origins.delete(origin);
      };
      try {
        const release = await slots.take(owner ?? SERVER, signal);
        return () => {
          release();
          removeIfUnused();
        };
      } catch {
        removeIfUnused();
        throw abortFault(signal);
      }
    },
  };
}

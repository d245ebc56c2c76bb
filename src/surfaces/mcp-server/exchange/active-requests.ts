import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import { ownerKey } from '../../../lib/fair-queue.ts';

/** Limits how many requests of each principal run on this node. */
export interface ActiveRequests {
  /** Counts one more; returns a function that ends it. @throws Fault THROTTLED when there are too many */
  begin(who: SignedIn): () => void;
}

/** @param what names what is limited, in the plural */
export function createActiveRequests(max: number, what: string): ActiveRequests {
  const active = new Map<string, number>();
  return {
    begin(who) {
      const owner = ownerKey(who);
      const count = active.get(owner) ?? 0;
      if (count >= max) {
        const message = `You may have at most ${max} ${what} at once. End one of them, or wait for it.`;
        throw new Fault('THROTTLED', message, { retryAfterMs: 1_000 });
      }
      active.set(owner, count + 1);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        const left = (active.get(owner) ?? 1) - 1;
        if (left > 0) active.set(owner, left);
        else active.delete(owner);
      };
    },
  };
}

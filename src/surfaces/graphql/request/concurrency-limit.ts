import type { Principal } from '../../../core/principal.ts';

/** How many of something each key has. */
export interface ConcurrencyLimit {
  /** Counts one more, and gives the function that counts it off again; undefined when the key has the most it may. */
  acquire(key: string): (() => void) | undefined;
}

export function createConcurrencyLimit(most: number): ConcurrencyLimit {
  const counts = new Map<string, number>();
  return {
    acquire(key) {
      const count = counts.get(key) ?? 0;
      if (count >= most) return undefined;
      counts.set(key, count + 1);
      return () => {
        const left = (counts.get(key) ?? 1) - 1;
        if (left === 0) counts.delete(key);
        else counts.set(key, left);
      };
    },
  };
}

/** A key for everything that one principal has; anonymous callers share theirs. */
export function principalKey(principal: Principal): string {
  return principal.kind === 'anonymous' ? '' : `${principal.tenant}\n${principal.subject}`;
}

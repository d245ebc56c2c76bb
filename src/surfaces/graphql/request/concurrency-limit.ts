import type { Principal } from '../../../core/principal.ts';

/** A limit on concurrent uses, for each key. */
export interface ConcurrencyLimit {
  /** Counts one use, and returns the function that releases it; undefined when the key is at its limit. */
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

/** The key of a principal; anonymous callers share one. */
export function principalKey(principal: Principal): string {
  return principal.kind === 'anonymous' ? '' : `${principal.tenant}\n${principal.subject}`;
}

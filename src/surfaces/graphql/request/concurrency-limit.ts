import type { Principal } from '../../../core/principal.ts';

/** How many of something each key has. */
export interface Counts {
  /** Counts one more, and gives the function that counts it off again; undefined when the key has the most it may. */
  take(key: string): (() => void) | undefined;
}

export function createCounts(most: number): Counts {
  const counts = new Map<string, number>();
  return {
    take(key) {
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

import type { Clock } from '../core/clock.ts';
import type { Principal } from '../core/principal.ts';

/** The longest that setTimeout waits; a token that lives longer is not watched. */
const LONGEST_MS = 2 ** 31 - 1;

/** Acts when the principal's token ends. Gives what stops the waiting. */
export function whenExpired(principal: Principal, clock: Clock, act: () => void): () => void {
  if (principal.kind !== 'user' || !principal.expiresAt) return () => {};
  const ms = principal.expiresAt.getTime() - clock.now().getTime();
  if (ms > LONGEST_MS) return () => {};
  const timer = setTimeout(act, Math.max(0, ms)).unref();
  return () => clearTimeout(timer);
}

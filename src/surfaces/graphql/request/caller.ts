import type { Clock } from '../../../core/clock.ts';
import { Fault } from '../../../core/errors.ts';
import { anonymous, type Principal } from '../../../core/principal.ts';
import type { Caller, GraphqlApp } from './context.ts';

/**
 * The principal of this header. A caller with an invalid token is anonymous, so that they can still sign in; a field
 * that requires a user then reports what is wrong with the token.
 */
export async function authenticateCaller(
  { authenticator }: Pick<GraphqlApp, 'authenticator'>,
  authorization: string | undefined,
): Promise<Pick<Caller, 'principal' | 'authFault'>> {
  try {
    return { principal: await authenticator.authenticate(authorization) };
  } catch (error) {
    if (error instanceof Fault && error.code === 'UNAUTHENTICATED') return { principal: anonymous, authFault: error };
    throw error;
  }
}

/** The maximum delay of setTimeout; the expiry of a token that lives longer is not watched. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Calls back when the principal's token expires. Returns a function that cancels this. */
export function onTokenExpiry(principal: Principal, clock: Clock, act: () => void): () => void {
  if (principal.kind !== 'user' || !principal.expiresAt) return () => {};
  const ms = principal.expiresAt.getTime() - clock.now().getTime();
  if (ms > MAX_TIMER_MS) return () => {};
  const timer = setTimeout(act, Math.max(0, ms)).unref();
  return () => clearTimeout(timer);
}

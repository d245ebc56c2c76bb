import { Fault } from '../../../core/errors.ts';
import { anonymous } from '../../../core/principal.ts';
import type { Caller, GraphqlApp } from './context.ts';

/**
 * The principal of this header, or of the session. A caller with an invalid token is anonymous, so that they can still sign in; a field
 * that requires a user then reports what is wrong with the token.
 */
export async function authenticateCaller(
  { authenticator }: Pick<GraphqlApp, 'authenticator'>,
  authorization: string | undefined,
  facts: Pick<Caller, 'address' | 'session'>,
): Promise<Pick<Caller, 'principal' | 'authFault'>> {
  try {
    return { principal: await authenticator.authenticate(authorization, facts) };
  } catch (error) {
    if (error instanceof Fault && error.code === 'UNAUTHENTICATED') return { principal: anonymous, authFault: error };
    throw error;
  }
}

import { Fault } from '../core/errors.ts';
import { anonymous } from '../core/principal.ts';
import type { Caller, GraphqlApp } from './context.ts';

/**
 * Who sends this header. Whoever sends a token that is worth nothing is nobody, so that they can still sign in; what
 * needs somebody then says what is wrong with the token.
 */
export async function identify(
  { authenticator }: Pick<GraphqlApp, 'authenticator'>,
  authorization: string | undefined,
): Promise<Pick<Caller, 'principal' | 'refusal'>> {
  try {
    return { principal: await authenticator.authenticate(authorization) };
  } catch (error) {
    if (error instanceof Fault && error.code === 'UNAUTHENTICATED') return { principal: anonymous, refusal: error };
    throw error;
  }
}

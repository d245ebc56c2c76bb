import { hash } from 'node:crypto';
import type { AccessToken, AccessTokens } from '../core/accounts/access-tokens.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import type { SignedIn } from '../core/principal.ts';
import type { UserPrincipal } from './claims.ts';
import { minutesAfter } from './token.ts';

/** Of one principal, while tokens of those sign-ins could still be valid. */
const MAX_SIGN_OUTS = 1_000;

/**
 * The id of the sign-out that refuses this token and those that were renewed from it; undefined for a token of another origin. The
 * token itself has no id, and its sign-in is known by its time: two in the same millisecond would end together.
 */
export function signOutId(
  principal: Pick<UserPrincipal, 'tenant' | 'subject' | 'issuedAt' | 'signedInHere'>,
): string | undefined {
  const { tenant, subject, issuedAt, signedInHere } = principal;
  return signedInHere && issuedAt && `out_${JSON.stringify([tenant, subject, issuedAt.getTime()])}`;
}

/** Ends the sign-in, or the session, of a token on all nodes. API tokens that its holder has created stay. */
export function createSignOut(deps: {
  readonly accessTokens: Pick<AccessTokens, 'create' | 'revoke'>;
  readonly clock: Clock;
  readonly sessionHours: number;
}): (principal: SignedIn) => Promise<void> {
  const { accessTokens, clock, sessionHours } = deps;
  return async (principal) => {
    if (principal.kind !== 'user') throw new Fault('FORBIDDEN', 'Only users sign out.');
    const { accessToken, subject, username, tenant, roles, issuedAt, expiresAt } = principal;
    const createdAt = clock.now();
    if (accessToken?.kind === 'SESSION') return void (await accessTokens.revoke(principal, accessToken.id, createdAt));
    if (accessToken) throw new Fault('FORBIDDEN', 'An API token does not sign out. End it with revokeApiToken.');
    const id = signOutId(principal);
    if (id === undefined || !issuedAt) {
      throw new Fault('FORBIDDEN', 'This token was issued elsewhere. Sign out at its identity provider.');
    }
    // No token of this sign-in is valid for longer.
    const ends = [minutesAfter(issuedAt, sessionHours * 60), expiresAt ?? createdAt];
    const latestEnd = new Date(Math.max(...ends.map((end) => end.getTime())));
    const signOut: AccessToken = {
      ...{ id, kind: 'SIGN_OUT', name: '', subject, username, tenant, roles },
      ...{ signedInAt: issuedAt, createdAt, expiresAt: latestEnd, latestEnd, lastUsedAt: null },
    };
    await accessTokens.create(signOut, hash('sha256', id, 'base64'), MAX_SIGN_OUTS);
  };
}

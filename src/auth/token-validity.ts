import type { AccessTokens } from '../core/accounts/access-tokens.ts';
import type { AccountStandings } from '../core/accounts/accounts.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import type { Principal, Role } from '../core/principal.ts';
import type { Authenticator } from './authenticator.ts';
import { signOutId } from './sign-out.ts';

type UserPrincipal = Extract<Principal, { kind: 'user' }>;

interface TokenValidityDeps {
  readonly standings: Pick<AccountStandings, 'standingOf' | 'watch'>;
  readonly accessTokens: Pick<AccessTokens, 'byId' | 'watch'>;
  readonly clock: Clock;
  /** How much the issuer's clock may be ahead. */
  readonly skewMs: number;
}

/** Whether a verified token is still valid. */
export interface TokenValidity extends Pick<Authenticator, 'onInvalid'> {
  /**
   * @returns the principal, with those of its roles that the account has today
   * @throws Fault UNAUTHENTICATED when the token has expired or was revoked, or the account is gone
   */
  assertValid<T extends UserPrincipal>(principal: T): T;
}

/** The maximum delay of setTimeout. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function createTokenValidity({ standings, accessTokens, clock, skewMs }: TokenValidityDeps): TokenValidity {
  const expiresInMs = (principal: UserPrincipal) => {
    // A session may have been extended since.
    const { expiresAt } = (principal.accessToken && accessTokens.byId(principal.accessToken.id)) ?? principal;
    return expiresAt ? expiresAt.getTime() - clock.now().getTime() : Number.POSITIVE_INFINITY;
  };

  const faultOf = (principal: UserPrincipal): Fault | undefined => {
    if (principal.accessToken && !accessTokens.byId(principal.accessToken.id)) return tokenEnded(principal.accessToken);
    if (accessTokens.byId(signOutId(principal) ?? '')) {
      return new Fault('UNAUTHENTICATED', 'You have signed out. Sign in again.');
    }
    if (expiresInMs(principal) <= 0) return new Fault('UNAUTHENTICATED', 'The token has expired. Sign in again.');
    const standing = standings.standingOf(principal);
    if (standing.state === 'gone') return accountGone();
    if (standing.notBefore === null) return;
    // When the clocks disagree, a token that may be older counts as older.
    const issuedAt = (principal.issuedAt?.getTime() ?? 0) - skewMs;
    if (issuedAt <= standing.notBefore.getTime()) {
      return new Fault('UNAUTHENTICATED', 'The token was revoked. Sign in again.');
    }
  };
  const lostRoles = (principal: UserPrincipal): readonly Role[] => {
    const standing = standings.standingOf(principal);
    return standing.state === 'current' ? principal.roles.filter((role) => !standing.roles.includes(role)) : [];
  };
  const faultInUse = (principal: UserPrincipal): Fault | undefined => {
    const fault = faultOf(principal);
    const lost = fault ? [] : lostRoles(principal);
    if (lost.length === 0) return fault;
    return new Fault('UNAUTHENTICATED', `You no longer have the role ${lost.join(', ')}. Connect again.`);
  };

  return {
    assertValid(principal) {
      const fault = faultOf(principal);
      if (fault) throw fault;
      const lost = lostRoles(principal);
      if (lost.length === 0) return principal;
      return { ...principal, roles: principal.roles.filter((role) => !lost.includes(role)) };
    },
    onInvalid(principal, act) {
      if (principal.kind !== 'user') return () => {};
      const check = () => {
        clearTimeout(timer);
        const fault = faultInUse(principal);
        if (!fault) {
          timer = setTimeout(check, Math.min(Math.max(1, expiresInMs(principal)), MAX_TIMER_MS)).unref();
          return;
        }
        cancel();
        act(fault);
      };
      const unwatchAccount = standings.watch(principal, check);
      const tokenId = principal.accessToken?.id ?? signOutId(principal);
      const unwatchToken = tokenId === undefined ? undefined : accessTokens.watch(tokenId, check);
      // At once, because it may have been revoked since it was verified.
      let timer = setTimeout(check).unref();
      const cancel = () => {
        clearTimeout(timer);
        unwatchAccount();
        unwatchToken?.();
      };
      return cancel;
    },
  };
}

export function accountGone(): Fault {
  return new Fault('UNAUTHENTICATED', 'This account is disabled or removed. Ask the operator of this server.');
}

function tokenEnded({ kind }: NonNullable<UserPrincipal['accessToken']>): Fault {
  const what =
    kind === 'SESSION' ? 'The session has ended. Sign in again.' : 'The API token was revoked. Use another one.';
  return new Fault('UNAUTHENTICATED', what);
}

import type { AccountStandings } from '../core/accounts/accounts.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import type { Principal } from '../core/principal.ts';
import type { Authenticator } from './authenticator.ts';

type UserPrincipal = Extract<Principal, { kind: 'user' }>;

interface TokenValidityDeps {
  readonly standings: Pick<AccountStandings, 'standingOf' | 'watch'>;
  readonly clock: Clock;
  /** How much the issuer's clock may be ahead. */
  readonly skewMs: number;
}

/** Whether a verified token is still valid. */
export interface TokenValidity extends Pick<Authenticator, 'onInvalid'> {
  /** @throws Fault UNAUTHENTICATED when the token has expired or was revoked, or the account is gone */
  assertValid(principal: UserPrincipal): void;
}

/** The maximum delay of setTimeout. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function createTokenValidity({ standings, clock, skewMs }: TokenValidityDeps): TokenValidity {
  const expiresInMs = ({ expiresAt }: UserPrincipal) =>
    expiresAt ? expiresAt.getTime() - clock.now().getTime() : Number.POSITIVE_INFINITY;

  const faultOf = (principal: UserPrincipal): Fault | undefined => {
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

  return {
    assertValid(principal) {
      const fault = faultOf(principal);
      if (fault) throw fault;
    },
    onInvalid(principal, act) {
      if (principal.kind !== 'user') return () => {};
      const check = () => {
        clearTimeout(timer);
        const fault = faultOf(principal);
        if (!fault) {
          timer = setTimeout(check, Math.min(Math.max(1, expiresInMs(principal)), MAX_TIMER_MS)).unref();
          return;
        }
        cancel();
        act(fault);
      };
      const unwatch = standings.watch(principal, check);
      // At once, because it may have been revoked since it was verified.
      let timer = setTimeout(check).unref();
      const cancel = () => {
        clearTimeout(timer);
        unwatch();
      };
      return cancel;
    },
  };
}

export function accountGone(): Fault {
  return new Fault('UNAUTHENTICATED', 'This account is disabled or removed. Ask the operator of this server.');
}

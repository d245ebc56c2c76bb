import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config/config.ts';
import type { AccessTokens } from '../core/accounts/access-tokens.ts';
import type { AccountStandings, Accounts } from '../core/accounts/accounts.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { anonymous, type SignedIn } from '../core/principal.ts';
import type { Authenticator } from './authenticator.ts';
import type { UserPrincipal } from './claims.ts';
import { withDevAccounts } from './dev-accounts.ts';
import { createSignIn } from './sign-in.ts';
import { createSignOut } from './sign-out.ts';
import { createStoredTokens } from './stored-tokens.ts';
import { CLOCK_SKEW_S, createTokens, type FetchKeys, minutesAfter } from './token.ts';
import { isApiToken } from './token-text.ts';
import { createTokenValidity } from './token-validity.ts';

/** The usual limit of header sections; no trusted issuer creates a longer token. */
const MAX_TOKEN_LENGTH = 8_192;
const MAX_CACHED_TOKENS = 10_000;
/** A key that was removed from the key set is trusted for at most this long; jose reads the set at this interval. */
const TOKEN_CACHE_MS = 600_000;

export interface AuthenticatorDeps {
  readonly config: Config['auth'];
  readonly accounts: Accounts;
  readonly standings: Pick<AccountStandings, 'standingOf' | 'watch'>;
  readonly accessTokens: Pick<AccessTokens, 'find' | 'byId' | 'watch' | 'recordUse' | 'create' | 'revoke'>;
  readonly clock: Clock;
  /** How many nodes share the rate limits of sign-ins. Default 1. */
  readonly countNodes?: () => number;
  /** Fetches the key set. Default: the global fetch. */
  readonly fetchKeys?: FetchKeys;
}

/** Verified tokens are cached by their hash, so that later requests cost one look-up, and one whether it is still valid. */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const { config, accounts, standings, accessTokens, clock, countNodes = () => 1, fetchKeys } = deps;
  const tokens = createTokens(config.issuer, clock, fetchKeys);
  const skewMs = config.issuer.kind === 'jwks' ? CLOCK_SKEW_S * 1000 : 0;
  const { assertValid, onInvalid } = createTokenValidity({ standings, accessTokens, clock, skewMs });
  const signIn =
    tokens.issue &&
    createSignIn({
      accounts: config.devAccounts ? withDevAccounts(accounts) : accounts,
      standings,
      clock,
      countNodes,
      issue: tokens.issue,
      tokenMinutes: config.tokenMinutes,
    });
  const remembered = new LRUCache<string, { readonly principal: UserPrincipal; readonly until: number }>({
    max: MAX_CACHED_TOKENS,
  });

  const verify = async (token: string): Promise<UserPrincipal> => {
    if (token.length > MAX_TOKEN_LENGTH) throw new Fault('UNAUTHENTICATED', 'The token is too long. Sign in again.');
    const key = hash('sha256', token, 'base64');
    const now = clock.now().getTime();
    const verification = remembered.get(key);
    if (verification !== undefined && now < verification.until) {
      return assertValid(verification.principal);
    }
    const principal = await tokens.verify(token);
    // Also of one that has expired by less than the clock skew: the caller would see the expiry in the principal and stop.
    const valid = assertValid(principal);
    remembered.set(key, { principal, until: Math.min(principal.expiresAt.getTime(), now + TOKEN_CACHE_MS) });
    return valid;
  };

  const stored = createStoredTokens({ accessTokens, clock, countNodes });

  return {
    async authenticate(authorization, { session, address = '' } = {}) {
      const value = authorization?.trim();
      if (value === undefined || value === '') {
        return session === undefined ? anonymous : assertValid(stored.ofSession(session));
      }
      const [, token] = /^(?:Bearer +)?([^ ]+)$/i.exec(value) ?? [];
      if (token === undefined)
        throw new Fault(
          'UNAUTHENTICATED',
          'The Authorization header is not valid. Send "Authorization: Bearer TOKEN" with the token of a sign-in.',
        );
      return isApiToken(token) ? assertValid(stored.ofApiToken(token, address)) : verify(token);
    },
    onInvalid,
    signOut: createSignOut({ accessTokens, clock, sessionHours: config.sessionHours }),
    async signIn(username, password, address) {
      if (signIn) return signIn(username, password, address);
      throw new Fault(
        'UNAUTHENTICATED',
        'This server does not accept passwords. Send a token of the identity provider instead.',
      );
    },
    async renew(principal) {
      if (principal.kind !== 'user' || !tokens.issue || !principal.signedInHere || !principal.issuedAt) {
        throw new Fault(
          'UNAUTHENTICATED',
          `${cannotRenew(principal)} Only the token of a sign-in here can be renewed.`,
        );
      }
      const now = clock.now();
      const valid = assertValid(principal);
      const latest = minutesAfter(principal.issuedAt, config.sessionHours * 60);
      const expiresAt = new Date(Math.min(minutesAfter(now, config.tokenMinutes).getTime(), latest.getTime()));
      if (expiresAt <= now) {
        throw new Fault('UNAUTHENTICATED', `You signed in more than ${config.sessionHours} h ago. Sign in again.`);
      }
      const times = { signedInAt: principal.issuedAt, issuedAt: now, expiresAt };
      const renewed = await tokens.issue(valid, times);
      return { ...renewed, principal: { ...valid, expiresAt: renewed.expiresAt } };
    },
  };
}

function cannotRenew(principal: SignedIn): string {
  const kind = principal.kind === 'user' ? principal.accessToken?.kind : undefined;
  if (kind === 'SESSION') return 'A session in a browser is extended while it is used.';
  if (kind === 'API') return 'An API token keeps its end. Create another one with createApiToken.';
  return 'This token was issued elsewhere.';
}

import type { AccessToken, AccessTokenKind, AccessTokens } from '../core/accounts/access-tokens.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { networkOf } from '../lib/ip-address.ts';
import { type BucketRate, createTokenBuckets } from '../lib/token-buckets.ts';
import type { UserPrincipal } from './claims.ts';
import { hashOfToken } from './token-text.ts';

/** Wrong API tokens from one network: a burst of this many, and as many a minute, as for passwords. */
const FAILURES_PER_NETWORK: BucketRate = { size: 30, perMs: 30 / 60_000 };
const MAX_BUCKETS = 20_000;

/** Finds the principals of tokens that are stored as hashes. They are not checked against the standing of the account. */
interface StoredTokens {
  /** @throws Fault UNAUTHENTICATED */
  ofSession(token: string): UserPrincipal;
  /** @throws Fault UNAUTHENTICATED, THROTTLED after too many failures from the network of the address */
  ofApiToken(token: string, address: string): UserPrincipal;
}

export function createStoredTokens(deps: {
  readonly accessTokens: Pick<AccessTokens, 'find' | 'recordUse'>;
  readonly clock: Clock;
  /** How many nodes share the rate limit. */
  readonly countNodes: () => number;
}): StoredTokens {
  const { accessTokens, clock } = deps;
  const failures = createTokenBuckets({ ...deps, maxBuckets: MAX_BUCKETS });

  const find = (text: string, kind: AccessTokenKind): UserPrincipal | undefined => {
    const hash = hashOfToken(text, kind);
    const token = hash === undefined ? undefined : accessTokens.find(hash);
    if (token?.kind !== kind) return undefined;
    accessTokens.recordUse(token, clock.now());
    return principalOfToken({ ...token, kind });
  };

  return {
    ofSession(text) {
      const principal = find(text, 'SESSION');
      if (principal) return principal;
      throw new Fault('UNAUTHENTICATED', 'The session has ended. Sign in again.');
    },
    // A right token is never throttled: others may share the address of who tries wrong ones.
    ofApiToken(text, address) {
      const principal = find(text, 'API');
      if (principal) return principal;
      const retryAfterMs = failures.take(networkOf(address), FAILURES_PER_NETWORK);
      if (retryAfterMs > 0) {
        const seconds = Math.ceil(retryAfterMs / 1000);
        throw new Fault('THROTTLED', `Too many wrong API tokens. Try again in ${seconds} s.`, { retryAfterMs });
      }
      const isMistyped = hashOfToken(text, 'API') === undefined;
      const why = isMistyped ? 'has a wrong or missing character' : 'was revoked, has expired, or is of another server';
      throw new Fault('UNAUTHENTICATED', `The API token ${why}. Create another one with createApiToken.`);
    },
  };
}

/** The principal that a token stands for. */
export function principalOfToken({
  id,
  kind,
  ...token
}: AccessToken & { readonly kind: AccessTokenKind }): UserPrincipal {
  const { subject, username, tenant, roles, signedInAt: issuedAt, expiresAt } = token;
  return { kind: 'user', subject, username, tenant, roles, issuedAt, expiresAt, accessToken: { id, kind } };
}

import type { AccountStandings, Accounts } from '../core/accounts/accounts.ts';
import type { Clock } from '../core/clock.ts';
import { atCapacity, Fault } from '../core/errors.ts';
import { createGrowingCache } from '../lib/growing-cache.ts';
import { networkOf } from '../lib/ip-address.ts';
import { createSemaphore } from '../lib/semaphore.ts';
import { type BucketRate, createTokenBuckets } from '../lib/token-buckets.ts';
import type { Authenticator } from './authenticator.ts';
import { MAX_PASSWORD_BYTES, UNKNOWN_ACCOUNT_HASH, verifyPassword } from './password.ts';
import { type IssueToken, minutesAfter } from './token.ts';
import { accountGone } from './token-validity.ts';

const MAX_USERNAME_LENGTH = 256;
const MINUTE_MS = 60_000;
/** Failed attempts: a burst of this many, and as many a minute. */
const FAILURES_PER_NETWORK: BucketRate = { size: 30, perMs: 30 / MINUTE_MS };
const FAILURES_PER_USER_IN_NETWORK: BucketRate = { size: 10, perMs: 10 / MINUTE_MS };
/** From all networks together from which the user has not signed in before. */
const FAILURES_PER_USER: BucketRate = { size: 30, perMs: 30 / MINUTE_MS };
const MAX_BUCKETS = 20_000;
/** Pairs of user and network that have signed in. */
const MAX_KNOWN_NETWORKS = 50_000;
/** Half of the thread pool, which file access and name resolution also use; each hash takes 32 MiB. */
const HASHING_LIMITS = { permits: 2, maxQueued: 50, onFull: atCapacity };

/**
 * Sign-in with a password. Only failures count against the rate limits: of the network, of the user in the network, and of
 * the user in all networks. A network from which the user signed in before, since the start of this process, is exempt from
 * the last one, so that failures elsewhere do not lock the user out. Neither the message nor the time distinguishes an unknown user from a wrong password. Too many concurrent sign-ins fail with UNAVAILABLE.
 */
export function createSignIn(deps: {
  readonly accounts: Accounts;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  readonly clock: Clock;
  /** How many nodes share the rate limits. */
  readonly countNodes: () => number;
  readonly issue: IssueToken;
  readonly tokenMinutes: number;
}): Authenticator['signIn'] {
  const buckets = createTokenBuckets({ ...deps, maxBuckets: MAX_BUCKETS });
  const known = createGrowingCache<true>(MAX_KNOWN_NETWORKS);
  const hashing = createSemaphore(HASHING_LIMITS);

  const matches = async (password: string, hash: string): Promise<boolean> => {
    const release = await hashing.acquire();
    try {
      return await verifyPassword(password, hash);
    } finally {
      release();
    }
  };

  return async (username, password, address) => {
    const network = networkOf(address);
    const user = username.slice(0, MAX_USERNAME_LENGTH);
    const pair = JSON.stringify([network, user]);
    // The network first: a throttled network must not use up the attempts of other users.
    const keys = [
      { key: `network ${network}`, rate: FAILURES_PER_NETWORK },
      { key: `pair ${pair}`, rate: FAILURES_PER_USER_IN_NETWORK },
      ...(known.get(pair) ? [] : [{ key: `user ${user}`, rate: FAILURES_PER_USER }]),
    ];
    for (const { key, rate } of keys) {
      const retryAfterMs = buckets.take(key, rate);
      if (retryAfterMs === 0) continue;
      const seconds = Math.ceil(retryAfterMs / 1000);
      throw new Fault('THROTTLED', `Too many failed sign-ins. Try again in ${seconds} s.`, { retryAfterMs });
    }
    const fits = username.length <= MAX_USERNAME_LENGTH && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
    // The account may be replaced while the password is compared: then the token is older than the replacement, and revoked.
    const issuedAt = deps.clock.now();
    const account = fits ? await deps.accounts.find(username) : undefined;
    const isMatch = await matches(fits ? password : '', account?.passwordHash ?? UNKNOWN_ACCOUNT_HASH);
    if (account === undefined || !isMatch) {
      throw new Fault('UNAUTHENTICATED', 'User name or password is wrong. Check both and try again.');
    }
    for (const { key, rate } of keys) buckets.refund(key, rate);
    known.set(pair, true);
    // Only callers with the right password learn it.
    if (deps.standings.standingOf(account).state === 'gone') throw accountGone();
    const { subject, tenant, roles } = account;
    const times = { signedInAt: issuedAt, issuedAt, expiresAt: minutesAfter(issuedAt, deps.tokenMinutes) };
    const { token, expiresAt } = await deps.issue(account, times);
    const principal = { kind: 'user', subject, username, tenant, roles, issuedAt, expiresAt } as const;
    return { token, expiresAt, principal: { ...principal, signedInHere: true } };
  };
}

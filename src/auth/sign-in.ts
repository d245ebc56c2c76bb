import type { Accounts } from '../core/accounts.ts';
import type { Clock } from '../core/clock.ts';
import { atCapacity, Fault } from '../core/errors.ts';
import { networkOf } from '../lib/ip-address.ts';
import { createSemaphore } from '../lib/semaphore.ts';
import { type BucketRate, createTokenBuckets } from '../lib/token-buckets.ts';
import type { Authenticator } from './authenticator.ts';
import { UNKNOWN_ACCOUNT_HASH, verifyPassword } from './password.ts';
import type { IssueToken } from './token.ts';

const MAX_USERNAME_LENGTH = 256;
const MAX_PASSWORD_BYTES = 1024;
const MINUTE_MS = 60_000;
/** Failed attempts: a burst of ten, and ten a minute. */
const FAILURES_PER_USER: BucketRate = { size: 10, perMs: 10 / MINUTE_MS };
const FAILURES_PER_ADDRESS: BucketRate = { size: 30, perMs: 30 / MINUTE_MS };
const MAX_BUCKETS = 20_000;
/** Half of the thread pool, which file access and name resolution also use; each hash takes 32 MiB. */
const HASHING_LIMITS = { permits: 2, maxQueued: 50, onFull: atCapacity };

/**
 * Sign-in with a password. Only failures count against the rate limits, per user and per address. Neither the message nor
 * the time distinguishes an unknown user from a wrong password. Too many concurrent sign-ins fail with UNAVAILABLE.
 */
export function createSignIn(deps: {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly issue: IssueToken;
  readonly tokenMinutes: number;
}): Authenticator['signIn'] {
  const buckets = createTokenBuckets({ clock: deps.clock, maxBuckets: MAX_BUCKETS });
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
    // The address first: a throttled address must not use up the attempts of other users.
    const keys = [
      { key: `address ${networkOf(address)}`, rate: FAILURES_PER_ADDRESS },
      { key: `user ${username.slice(0, MAX_USERNAME_LENGTH)}`, rate: FAILURES_PER_USER },
    ];
    for (const { key, rate } of keys) {
      const retryAfterMs = buckets.take(key, rate);
      if (retryAfterMs === 0) continue;
      const seconds = Math.ceil(retryAfterMs / 1000);
      throw new Fault('THROTTLED', `Too many failed sign-ins. Try again in ${seconds} s.`, { retryAfterMs });
    }
    const fits = username.length <= MAX_USERNAME_LENGTH && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
    const account = fits ? await deps.accounts.find(username) : undefined;
    const isMatch = await matches(fits ? password : '', account?.passwordHash ?? UNKNOWN_ACCOUNT_HASH);
    if (account === undefined || !isMatch) {
      throw new Fault('UNAUTHENTICATED', 'User name or password is wrong. Check both and try again.');
    }
    for (const { key, rate } of keys) buckets.refund(key, rate);
    const { subject, tenant, roles } = account;
    const { token, expiresAt } = await deps.issue(account, deps.tokenMinutes);
    return { token, expiresAt, principal: { kind: 'user', subject, username, tenant, roles, expiresAt } };
  };
}

import { describe, expect, it } from 'vitest';
import {
  account,
  memoryAccounts,
  NOW,
  startAuthenticator,
  unauthenticated,
} from '../../test/support/auth/authenticator.ts';
import type { Authenticator } from './authenticator.ts';

const attempts =
  ({ signIn }: Authenticator) =>
  (password: string, address: string) =>
    signIn('ada', password, address).then(
      () => 'in',
      ({ code }) => code as string,
    );

describe('sign-in', () => {
  const ada = account('ada', 'lovelace');
  const others = Array.from({ length: 60 }, (_, i) => account(`user-${i}`, 'secret'));

  it('returns a token that authenticates the user who signed in', async () => {
    const { authenticator, pass } = startAuthenticator({ tokenMinutes: 5 }, memoryAccounts(ada, ...others));
    const session = await authenticator.signIn('ada', 'lovelace', '127.0.0.1');
    expect(session.expiresAt).toEqual(new Date((NOW + 300) * 1000));
    expect(session.principal).not.toHaveProperty('passwordHash');
    expect(await authenticator.authenticate(`Bearer ${session.token}`)).toEqual(session.principal);
    pass(300);
    await expect(authenticator.authenticate(session.token)).rejects.toEqual(unauthenticated('expired'));
  });

  it.each([
    ['admin', 'admin'],
    ['alice', 'analyst'],
    ['bob', 'user'],
  ])('knows %s in development as %s, without storing the account', async (name, role) => {
    const accounts = memoryAccounts();
    const { authenticator } = startAuthenticator({}, accounts);
    const session = await authenticator.signIn(name, name, '127.0.0.1');
    expect(session.principal).toMatchObject({ username: name, tenant: 'default', roles: [role] });
    expect(accounts.stored.size).toBe(0);
  });

  it('has no dev accounts in production', async () => {
    const { authenticator } = startAuthenticator({ devAccounts: false });
    await expect(authenticator.signIn('admin', 'admin', '127.0.0.1')).rejects.toEqual(unauthenticated('wrong'));
  });

  it('does not distinguish an unknown user from a wrong password', async () => {
    const { authenticator } = startAuthenticator({ devAccounts: false }, memoryAccounts(ada, ...others));
    const attempts = [
      ['ada', 'wrong'],
      ['nobody', 'wrong'],
      ['ada', 'x'.repeat(2_000)],
      ['y'.repeat(300), 'lovelace'],
      ['', ''],
    ] as const;
    const faults = await Promise.all(
      attempts.map(([name, password]) => authenticator.signIn(name, password, '127.0.0.1').catch((error) => error)),
    );
    expect(new Set(faults.map(({ code, message }) => `${code} ${message}`)).size).toBe(1);
    expect(faults[0]).toEqual(unauthenticated('wrong'));
  });

  it('hashes for an unknown user too, so that the response time reveals nothing', async () => {
    const { authenticator } = startAuthenticator({ devAccounts: false });
    const before = performance.now();
    await expect(authenticator.signIn('nobody', 'x', '127.0.0.1')).rejects.toEqual(unauthenticated('wrong'));
    // No machine hashes in so little time; without hashing, the response takes at most one millisecond.
    expect(performance.now() - before).toBeGreaterThan(10);
  });

  it('is throttled for a user in a network after ten failures, even with the right password, until tokens refill', async () => {
    const { authenticator, pass } = startAuthenticator({ devAccounts: false }, memoryAccounts(ada, ...others));
    const attempt = attempts(authenticator);
    const codes = await Promise.all(Array.from({ length: 12 }, () => attempt('wrong', '10.0.0.1')));
    expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(2);
    await expect(authenticator.signIn('ada', 'lovelace', '10.0.0.1')).rejects.toMatchObject({
      code: 'THROTTLED',
      retryAfterMs: 6_000,
    });
    expect(await attempt('lovelace', '10.0.1.1')).toBe('in');
    pass(6);
    expect(await attempt('lovelace', '10.0.0.1')).toBe('in');
  });

  it('is throttled for a user whom many networks try, but not from networks that signed in before', async () => {
    const { authenticator, pass } = startAuthenticator({ devAccounts: false }, memoryAccounts(ada, ...others));
    const attempt = attempts(authenticator);
    expect(await attempt('lovelace', '2001:db8::1')).toBe('in');
    const codes = await Promise.all(Array.from({ length: 40 }, (_, i) => attempt('wrong', `10.0.${i}.1`)));
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(30);
    expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(10);
    expect(await attempt('lovelace', '10.1.0.1')).toBe('THROTTLED');
    expect(await attempt('lovelace', '2001:db8::ffff')).toBe('in');
    // The known network has its own limit, and gives none of it to others.
    const known = await Promise.all(Array.from({ length: 12 }, () => attempt('wrong', '2001:db8::2')));
    expect(known.filter((code) => code === 'THROTTLED')).toHaveLength(2);
    pass(6);
    expect(await attempt('lovelace', '10.1.0.1')).toBe('in');
  });

  it('is throttled for an address, an IPv6 address by its network, without affecting others', async () => {
    const { authenticator } = startAuthenticator({ devAccounts: false }, memoryAccounts(ada, ...others));
    const attempt = (i: number, address: string) =>
      authenticator.signIn(`user-${i}`, 'wrong', address).catch(({ code }) => code as string);
    const codes = await Promise.all(Array.from({ length: 31 }, (_, i) => attempt(i, `2001:db8::${i.toString(16)}`)));
    expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(1);
    expect(await attempt(50, '2001:db8::ffff')).toBe('THROTTLED');
    expect(await attempt(51, '2001:db8:0:1::1')).toBe('UNAUTHENTICATED');
    await authenticator.signIn('ada', 'lovelace', '::ffff:127.0.0.1');
  });

  it('takes no token for a right password', async () => {
    const { authenticator } = startAuthenticator({ devAccounts: false }, memoryAccounts(ada, ...others));
    for (let i = 0; i < 11; i++) await authenticator.signIn('ada', 'lovelace', '127.0.0.1');
  });

  it('rejects requests at once when too many wait for a hash', async () => {
    const { authenticator } = startAuthenticator({ devAccounts: false }, memoryAccounts(ada, ...others));
    const flood = Array.from({ length: 60 }, (_, i) =>
      authenticator.signIn(`user-${i}`, 'wrong', `10.0.${i}.1`).catch(({ code }) => code as string),
    );
    const codes = await Promise.all(flood);
    expect(codes.filter((code) => code === 'UNAVAILABLE')).toHaveLength(8);
  });
});

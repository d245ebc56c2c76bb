import { describe, expect, it } from 'vitest';
import {
  account,
  claims,
  hs256,
  memoryAccounts,
  NOW,
  startAuthenticator,
  unauthenticated,
} from '../../test/support/auth/authenticator.ts';
import type { Fault } from '../core/errors.ts';

const ADA = { tenant: 'north', subject: 'subject-of-ada' };
const start = () => startAuthenticator({}, memoryAccounts(account('ada', 'secret')));
const signIn = ({ authenticator }: ReturnType<typeof start>) => authenticator.signIn('ada', 'secret', '192.0.2.1');

describe('a revoked token', () => {
  it('is rejected at once, although it was accepted before; one of the same second, issued later, is accepted', async () => {
    const started = start();
    const { authenticator, standings, pass } = started;
    pass(0.1);
    const { token } = await signIn(started);
    await authenticator.authenticate(token);
    pass(0.3);
    await standings.revoke(ADA, new Date(NOW * 1000 + 400));
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('revoked. Sign in again'));
    pass(0.1);
    expect(await authenticator.authenticate((await signIn(started)).token)).toMatchObject(ADA);
  });

  it('is also one that does not say when it was issued', async () => {
    const { authenticator, standings } = startAuthenticator();
    const token = await hs256(claims);
    await authenticator.authenticate(token);
    await standings.revoke({ tenant: 'default', subject: 'u1' }, new Date(NOW * 1000));
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('revoked'));
  });

  it('is that of a sign-in during which the account was replaced', async () => {
    const accounts = memoryAccounts(account('ada', 'secret'));
    const { authenticator, standings, pass } = startAuthenticator({}, accounts);
    const { find } = accounts;
    accounts.find = async (username) => {
      const before = await find(username);
      pass(1);
      await standings.revoke(ADA, new Date(NOW * 1000 + 500));
      return before;
    };
    const { token } = await authenticator.signIn('ada', 'secret', '192.0.2.1');
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('revoked'));
  });
});

describe('a disabled account', () => {
  it('has no valid token and cannot sign in, which only the right password reveals', async () => {
    const started = start();
    const { authenticator, standings, pass } = started;
    const { token } = await signIn(started);
    await standings.setDisabled(ADA, true, new Date(NOW * 1000));
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('disabled or removed'));
    await expect(signIn(started)).rejects.toEqual(unauthenticated('disabled or removed'));
    await expect(authenticator.signIn('ada', 'wrong', '192.0.2.1')).rejects.toEqual(unauthenticated('is wrong'));
    pass(10);
    await standings.setDisabled(ADA, false, new Date(NOW * 1000));
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('revoked'));
    expect(await authenticator.authenticate((await signIn(started)).token)).toMatchObject(ADA);
  });
});

describe('a caller that uses a token for long', () => {
  const watch = async (started: ReturnType<typeof start>) => {
    const { authenticator } = started;
    const principal = await authenticator.authenticate((await signIn(started)).token);
    const reasons: Fault[] = [];
    const cancel = authenticator.onInvalid(principal, (reason) => reasons.push(reason));
    return { reasons, cancel };
  };

  it('is told once when it is revoked, however often that happens', async () => {
    const started = start();
    const { reasons } = await watch(started);
    expect(reasons).toEqual([]);
    for (const ms of [0, 1]) await started.standings.revoke(ADA, new Date(NOW * 1000 + ms));
    expect(reasons).toEqual([unauthenticated('revoked')]);
  });

  it('is told of a revocation between the check of the token and the beginning of the watch', async () => {
    const started = start();
    const principal = await started.authenticator.authenticate((await signIn(started)).token);
    await started.standings.setDisabled(ADA, true, new Date(NOW * 1000));
    const reason = await new Promise((resolve) => started.authenticator.onInvalid(principal, resolve));
    expect(reason).toEqual(unauthenticated('disabled or removed'));
  });

  it('is told nothing after it has canceled the watch', async () => {
    const started = start();
    const { reasons, cancel } = await watch(started);
    cancel();
    await started.standings.revoke(ADA, new Date(NOW * 1000));
    expect(reasons).toEqual([]);
  });
});

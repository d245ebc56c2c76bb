import { describe, expect, it } from 'vitest';
import { account, claims, hs256, memoryAccounts, startAuthenticator } from '../../test/support/auth/authenticator.ts';
import type { SignedIn } from '../core/principal.ts';

const HOUR_S = 3_600;
const start = () => startAuthenticator({ devAccounts: false }, memoryAccounts(account('ada', 'lovelace')));
type Started = ReturnType<typeof start>;
const signIn = ({ authenticator }: Started) => authenticator.signIn('ada', 'lovelace', '192.0.2.1');
const holderOf = async ({ authenticator }: Started, token: string) =>
  (await authenticator.authenticate(token)) as SignedIn;
const ENDED = expect.objectContaining({ code: 'UNAUTHENTICATED', message: 'You have signed out. Sign in again.' });

describe('signing out', () => {
  it('ends the token, those that were renewed from it and their streams, and no other sign-in', async () => {
    const started = start();
    const { authenticator, pass } = started;
    const { token } = await signIn(started);
    pass(1);
    const other = await signIn(started);
    const renewed = await authenticator.renew(await holderOf(started, token));
    const reasons: unknown[] = [];
    for (const one of [token, renewed.token, other.token])
      authenticator.onInvalid(await holderOf(started, one), (reason) => reasons.push(reason));
    await authenticator.signOut(await holderOf(started, renewed.token));
    for (const one of [token, renewed.token]) await expect(authenticator.authenticate(one)).rejects.toEqual(ENDED);
    expect(reasons).toEqual([ENDED, ENDED]);
    expect(await holderOf(started, other.token)).toMatchObject({ username: 'ada' });
  });

  it('is remembered for as long as a token of the sign-in could be renewed', async () => {
    const started = start();
    const { accessTokens, authenticator, clock, pass } = started;
    const { principal } = await signIn(started);
    pass(HOUR_S / 2);
    await authenticator.signOut(principal);
    const expiresAt = new Date(clock.now().getTime() + 11.5 * HOUR_S * 1000);
    expect(accessTokens.stored()).toMatchObject([{ kind: 'SIGN_OUT', expiresAt }]);
  });

  it('ends a session in a browser', async () => {
    const { accessTokens, authenticator } = start();
    const ada = { tenant: 'north', subject: 'subject-of-ada', username: 'ada', roles: [] };
    const times = { signedInAt: new Date(), createdAt: new Date(), expiresAt: new Date(), latestEnd: new Date() };
    await accessTokens.create(
      { id: 'ses_1', kind: 'SESSION', name: '', ...ada, ...times, lastUsedAt: null },
      'hash',
      50,
    );
    await authenticator.signOut({ kind: 'user', ...ada, accessToken: { id: 'ses_1', kind: 'SESSION' } });
    expect(accessTokens.byId('ses_1')).toBeUndefined();
  });

  it('is refused with an API token, and with a token that was issued elsewhere', async () => {
    const started = start();
    const { authenticator } = started;
    const forbidden = (words: string) =>
      expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringContaining(words) });
    const program = { ...(await signIn(started)).principal, accessToken: { id: 'tok_1', kind: 'API' } } as SignedIn;
    await expect(authenticator.signOut(program)).rejects.toEqual(forbidden('revokeApiToken'));
    const elsewhere = await holderOf(started, await hs256(claims));
    await expect(authenticator.signOut(elsewhere)).rejects.toEqual(forbidden('identity provider'));
  });
});

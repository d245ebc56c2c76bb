import { decodeJwt } from 'jose';
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
import type { Config } from '../config/config.ts';
import { createSecret } from '../config/secrets.ts';
import type { SignedIn } from '../core/principal.ts';

const KEY = { tenant: 'north', subject: 'subject-of-ada' };
const HOUR = 3_600;
const start = () => startAuthenticator({ devAccounts: false }, memoryAccounts(account('ada', 'lovelace')));
const holderOf = async ({ authenticator }: ReturnType<typeof start>, token: string) =>
  (await authenticator.authenticate(token)) as SignedIn;

describe('a token that is renewed', () => {
  it('lasts as long as a new one, but no longer than twelve hours after the sign-in', async () => {
    const started = start();
    const { authenticator, pass } = started;
    let { token } = await authenticator.signIn('ada', 'lovelace', '192.0.2.1');
    for (let elapsed = 0.75; elapsed < 12; elapsed += 0.75) {
      pass(0.75 * HOUR);
      const renewed = await authenticator.renew(await holderOf(started, token));
      expect(renewed.expiresAt).toEqual(new Date((NOW + Math.min(elapsed + 1, 12) * HOUR) * 1000));
      expect(renewed.principal).toMatchObject({ ...KEY, roles: ['analyst'], expiresAt: renewed.expiresAt });
      await holderOf(started, token);
      token = renewed.token;
    }
    const holder = await holderOf(started, token);
    pass(0.75 * HOUR);
    await expect(authenticator.renew(holder)).rejects.toEqual(unauthenticated('expired'));
  });

  it('is revoked by what revokes the first, although it is newer', async () => {
    const started = start();
    const { authenticator, standings, pass } = started;
    const { token } = await authenticator.signIn('ada', 'lovelace', '192.0.2.1');
    pass(600);
    // This node renews before it learns of a revocation that is a minute old.
    const renewed = await authenticator.renew(await holderOf(started, token));
    await standings.revoke(KEY, new Date((NOW + 540) * 1000));
    for (const one of [token, renewed.token])
      await expect(authenticator.authenticate(one)).rejects.toEqual(unauthenticated('revoked'));
    expect(decodeJwt(renewed.token)).toMatchObject({ iat: NOW + 600, signed_in: NOW });
  });

  it('must come from a sign-in here', async () => {
    const started = start();
    const elsewhere = await holderOf(started, await hs256({ ...claims, iat: NOW }));
    await expect(started.authenticator.renew(elsewhere)).rejects.toEqual(unauthenticated('issued elsewhere'));
    const accessToken = { id: 'ses_1', kind: 'SESSION' as const };
    const session: SignedIn = { kind: 'user', ...KEY, username: 'ada', roles: [], accessToken };
    await expect(started.authenticator.renew(session)).rejects.toEqual(unauthenticated('extended while it is used'));
  });
});

describe('a signing secret that is replaced', () => {
  const issuerOf = (text: string, previous?: string): Config['auth']['issuer'] => {
    const secretOf = (from: string) => createSecret(Buffer.from(from.repeat(32)));
    return { kind: 'secret', secret: secretOf(text), ...(previous && { previous: secretOf(previous) }) };
  };
  const startWith = (...secrets: [string, string?]) =>
    startAuthenticator(
      { devAccounts: false, issuer: issuerOf(...secrets) },
      memoryAccounts(account('ada', 'lovelace')),
    );

  it('loses no session when nodes are restarted one after the other, as docs/operate.md says', async () => {
    const phases = [startWith('a'), startWith('a', 'b'), startWith('b', 'a')];
    for (const [index, phase] of phases.entries()) {
      const { token } = await phase.authenticator.signIn('ada', 'lovelace', '192.0.2.1');
      // The nodes next to it are in the phase before or after it.
      for (const other of phases.slice(Math.max(index - 1, 0), index + 2)) {
        const renewed = await other.authenticator.renew(await holderOf(other, token));
        await holderOf(phase, renewed.token);
      }
    }
  });

  it('is refused once it is no longer configured, and signs nothing new before', async () => {
    const [before, between, after] = [startWith('a'), startWith('b', 'a'), startWith('b')];
    const { token } = await before.authenticator.signIn('ada', 'lovelace', '192.0.2.1');
    const renewed = await between.authenticator.renew(await holderOf(between, token));
    await holderOf(after, renewed.token);
    await expect(after.authenticator.authenticate(token)).rejects.toEqual(unauthenticated(/./));
    await expect(before.authenticator.authenticate(renewed.token)).rejects.toEqual(unauthenticated(/./));
  });
});

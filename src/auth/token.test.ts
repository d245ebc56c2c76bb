import { describe, expect, it } from 'vitest';
import {
  claims,
  hs256,
  NOW,
  part,
  SECRET,
  startAuthenticator,
  unauthenticated,
} from '../../test/support/auth/authenticator.ts';
import { createSecret } from '../config/secrets.ts';

describe('a token', () => {
  it('identifies the caller', async () => {
    const { authenticator } = startAuthenticator();
    const token = await hs256({ ...claims, preferred_username: 'ada', tenant: 'north' });
    expect(await authenticator.authenticate(`Bearer ${token}`)).toEqual({
      kind: 'user',
      subject: 'u1',
      username: 'ada',
      tenant: 'north',
      roles: ['analyst'],
      expiresAt: new Date((NOW + 600) * 1000),
    });
    expect(await authenticator.authenticate(`bearer   ${token}`)).toMatchObject({ subject: 'u1' });
    expect(await authenticator.authenticate(token)).toMatchObject({ subject: 'u1' });
  });

  it('falls back to the subject, the default tenant and no roles', async () => {
    const { authenticator } = startAuthenticator();
    expect(await authenticator.authenticate(await hs256({ sub: 'u1', exp: NOW + 1 }))).toMatchObject({
      username: 'u1',
      tenant: 'default',
      roles: [],
    });
  });

  it('is not required for an anonymous caller', async () => {
    const { authenticator } = startAuthenticator();
    expect(await authenticator.authenticate(undefined)).toEqual({ kind: 'anonymous' });
    expect(await authenticator.authenticate('  ')).toEqual({ kind: 'anonymous' });
  });

  it.each(['Basic dTpw', 'Bearer', 'Bearer a b', 'Bearer not-a-token', 'x'.repeat(9_000), 'a.b.c', '..', '\u0000'])(
    'is not %j',
    async (authorization) => {
      await expect(startAuthenticator().authenticator.authenticate(authorization)).rejects.toEqual(
        unauthenticated(/./),
      );
    },
  );

  it('without a signature is rejected (alg none)', async () => {
    const { authenticator } = startAuthenticator();
    for (const alg of ['none', 'None', 'NONE', '']) {
      const token = `${part({ alg })}.${part({ ...claims, roles: ['admin'] })}.`;
      await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated(/./));
    }
  });

  it('with another algorithm of the same key is rejected', async () => {
    const token = await hs256(claims, new Uint8Array(64).fill(7), 'HS512');
    const auth = { issuer: { kind: 'secret' as const, secret: createSecret(new Uint8Array(64).fill(7)) } };
    await expect(startAuthenticator(auth).authenticator.authenticate(token)).rejects.toEqual(unauthenticated('alg'));
  });

  it('that was changed is rejected, even after the original was accepted', async () => {
    const { authenticator } = startAuthenticator();
    const token = await hs256(claims);
    await authenticator.authenticate(token);
    const [header, , signature] = token.split('.');
    const changed = `${header}.${part({ ...claims, roles: ['admin'] })}.${signature}`;
    await expect(authenticator.authenticate(changed)).rejects.toEqual(unauthenticated('signature'));
    await expect(authenticator.authenticate(await hs256(claims, new Uint8Array(32)))).rejects.toEqual(
      unauthenticated('signature'),
    );
  });

  it('is rejected after its expiry, even if it was accepted before', async () => {
    const { authenticator, pass } = startAuthenticator();
    const token = await hs256(claims);
    await authenticator.authenticate(token);
    pass(599);
    await authenticator.authenticate(token);
    pass(1);
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('expired. Sign in again'));
  });

  it('is not valid before its time', async () => {
    const { authenticator, pass } = startAuthenticator();
    const token = await hs256({ ...claims, nbf: NOW + 60 });
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('nbf'));
    pass(60);
    expect(await authenticator.authenticate(token)).toMatchObject({ subject: 'u1' });
  });

  it('from the future is rejected, except for the difference of clocks', async () => {
    const { authenticator } = startAuthenticator();
    const token = await hs256({ ...claims, iat: NOW + 5 });
    expect(await authenticator.authenticate(token)).toMatchObject({ issuedAt: new Date((NOW + 5) * 1000) });
    await expect(authenticator.authenticate(await hs256({ ...claims, iat: NOW + 6 }))).rejects.toEqual(
      unauthenticated('"iat" is more than 5 s in the future'),
    );
  });

  it.each([
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject with a control character', { sub: 'a\nb' }],
    ['no expiry', { exp: undefined }],
    ['an expiry past all dates', { exp: 1e15 }],
    ['a time of issue past all dates', { iat: 1e15 }],
    ['a time of issue before all dates', { iat: -1e15 }],
    ['roles as a text', { roles: 'admin' }],
    ['a role that is no text', { roles: ['admin', 7] }],
    ['a role with a comma', { roles: ['admin,user'] }],
    ['too many roles', { roles: Array.from({ length: 101 }, (_, i) => `r${i}`) }],
    ['a tenant that is no name', { tenant: '../other' }],
    ['a tenant that is a list', { tenant: ['default'] }],
    ['a user name that is an object', { preferred_username: {} }],
  ])('with %s is rejected', async (_, change) => {
    const token = `${part({ alg: 'HS256' })}.${part({ ...claims, ...change })}`;
    const key = await crypto.subtle.importKey('raw', SECRET, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const signature = Buffer.from(await crypto.subtle.sign('HMAC', key, Buffer.from(token))).toString('base64url');
    const claim = Object.keys(change)[0] as string;
    await expect(startAuthenticator().authenticator.authenticate(`${token}.${signature}`)).rejects.toEqual(
      unauthenticated(claim),
    );
  });

  it('is verified once, then cached', async () => {
    const { authenticator } = startAuthenticator();
    const token = `Bearer ${await hs256(claims)}`;
    const first = await authenticator.authenticate(token);
    expect(await authenticator.authenticate(token)).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
  });
});

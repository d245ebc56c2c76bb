import { scryptSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../config/config.ts';
import { createSecret } from '../config/secrets.ts';
import type { Account, Accounts } from '../core/accounts.ts';
import { createAuthenticator } from './create-authenticator.ts';

const NOW = Date.UTC(2030, 0, 1) / 1000;
const SECRET = new TextEncoder().encode('a-secret-of-at-least-32-bytes-for-tests');

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A hash that costs next to nothing to compare with, so that a test can sign in often. */
function cheapHash(password: string): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const salt = Buffer.from('a salt for tests');
  return `$scrypt$ln=4,r=1,p=1$${base64(salt)}$${base64(scryptSync(password, salt, 32, { N: 16, r: 1, p: 1 }))}`;
}

const account = (username: string, password: string): Account => ({
  subject: `subject-of-${username}`,
  username,
  tenant: 'north',
  roles: ['analyst'],
  passwordHash: cheapHash(password),
});

function memoryAccounts(...initial: Account[]): Accounts & { readonly stored: Map<string, Account> } {
  const stored = new Map(initial.map((one) => [one.username, one]));
  return {
    stored,
    find: async (username) => stored.get(username),
    put: async (one) => void stored.set(one.username, one),
  };
}

function start(auth: Partial<Config['auth']> = {}, accounts: Accounts = memoryAccounts()) {
  let now = NOW * 1000;
  const config: Config['auth'] = {
    tokenMinutes: 60,
    devAccounts: true,
    issuer: { kind: 'secret', secret: createSecret(SECRET) },
    ...auth,
  };
  const authenticator = createAuthenticator({ config, accounts, clock: { now: () => new Date(now) } });
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  return { authenticator, accounts, pass };
}

const claims = { sub: 'u1', exp: NOW + 600, roles: ['analyst'] };

function hs256(payload: JWTPayload, key: Uint8Array = SECRET, alg = 'HS256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(key);
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unauthenticated = (message: string | RegExp) =>
  expect.objectContaining({ code: 'UNAUTHENTICATED', message: expect.stringMatching(message) });

describe('a token', () => {
  it('names who asks', async () => {
    const { authenticator } = start();
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
    const { authenticator } = start();
    expect(await authenticator.authenticate(await hs256({ sub: 'u1', exp: NOW + 1 }))).toMatchObject({
      username: 'u1',
      tenant: 'default',
      roles: [],
    });
  });

  it('is not needed to be anonymous', async () => {
    const { authenticator } = start();
    expect(await authenticator.authenticate(undefined)).toEqual({ kind: 'anonymous' });
    expect(await authenticator.authenticate('  ')).toEqual({ kind: 'anonymous' });
  });

  it.each(['Basic dTpw', 'Bearer', 'Bearer a b', 'Bearer not-a-token', 'x'.repeat(9_000), 'a.b.c', '..', '\u0000'])(
    'is not %j',
    async (authorization) => {
      await expect(start().authenticator.authenticate(authorization)).rejects.toEqual(unauthenticated(/./));
    },
  );

  it('without a signature is refused (alg none)', async () => {
    const { authenticator } = start();
    for (const alg of ['none', 'None', 'NONE', '']) {
      const token = `${part({ alg })}.${part({ ...claims, roles: ['admin'] })}.`;
      await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated(/./));
    }
  });

  it('with another algorithm of the same key is refused', async () => {
    const token = await hs256(claims, new Uint8Array(64).fill(7), 'HS512');
    const auth = { issuer: { kind: 'secret' as const, secret: createSecret(new Uint8Array(64).fill(7)) } };
    await expect(start(auth).authenticator.authenticate(token)).rejects.toEqual(unauthenticated('alg'));
  });

  it('that was changed is refused, also after the original was accepted', async () => {
    const { authenticator } = start();
    const token = await hs256(claims);
    await authenticator.authenticate(token);
    const [header, , signature] = token.split('.');
    const changed = `${header}.${part({ ...claims, roles: ['admin'] })}.${signature}`;
    await expect(authenticator.authenticate(changed)).rejects.toEqual(unauthenticated('signature'));
    await expect(authenticator.authenticate(await hs256(claims, new Uint8Array(32)))).rejects.toEqual(
      unauthenticated('signature'),
    );
  });

  it('ends when it expires, also when it was accepted before', async () => {
    const { authenticator, pass } = start();
    const token = await hs256(claims);
    await authenticator.authenticate(token);
    pass(599);
    await authenticator.authenticate(token);
    pass(1);
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('expired. Sign in again'));
  });

  it('is not good before its time', async () => {
    const { authenticator, pass } = start();
    const token = await hs256({ ...claims, nbf: NOW + 60 });
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('nbf'));
    pass(60);
    expect(await authenticator.authenticate(token)).toMatchObject({ subject: 'u1' });
  });

  it.each([
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject with a control character', { sub: 'a\nb' }],
    ['no expiry', { exp: undefined }],
    ['an expiry past all dates', { exp: 1e15 }],
    ['roles as a text', { roles: 'admin' }],
    ['a role that is no text', { roles: ['admin', 7] }],
    ['a role with a comma', { roles: ['admin,user'] }],
    ['too many roles', { roles: Array.from({ length: 101 }, (_, i) => `r${i}`) }],
    ['a tenant that is no name', { tenant: '../other' }],
    ['a tenant that is a list', { tenant: ['default'] }],
    ['a user name that is an object', { preferred_username: {} }],
  ])('with %s is refused', async (_, change) => {
    const token = `${part({ alg: 'HS256' })}.${part({ ...claims, ...change })}`;
    const key = await crypto.subtle.importKey('raw', SECRET, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const signature = Buffer.from(await crypto.subtle.sign('HMAC', key, Buffer.from(token))).toString('base64url');
    const claim = Object.keys(change)[0] as string;
    await expect(start().authenticator.authenticate(`${token}.${signature}`)).rejects.toEqual(unauthenticated(claim));
  });

  it('is verified once and then remembered', async () => {
    const { authenticator } = start();
    const token = `Bearer ${await hs256(claims)}`;
    const first = await authenticator.authenticate(token);
    expect(await authenticator.authenticate(token)).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
  });
});

describe('a key set', () => {
  async function provider(alg: 'RS256' | 'ES256' | 'EdDSA') {
    const pair = await generateKeyPair(alg, { extractable: true });
    const keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg, use: 'sig' }];
    let reads = 0;
    let status = 200;
    const server = createServer((_, res) => {
      reads += 1;
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const sign = (payload: JWTPayload, key: CryptoKey | Uint8Array = pair.privateKey, header = alg as string) =>
      new SignJWT({ iss: 'https://id.example', aud: 'signalbox', ...claims, ...payload })
        .setProtectedHeader({ alg: header, kid: 'k1' })
        .sign(key);
    return {
      pair,
      sign,
      reads: () => reads,
      fail: (code: number) => {
        status = code;
      },
      auth: {
        devAccounts: false,
        issuer: { kind: 'jwks' as const, url, issuer: 'https://id.example', audience: 'signalbox' },
      },
    };
  }

  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'checks tokens that were signed with %s, and is read once',
    async (alg) => {
      const { sign, reads, auth } = await provider(alg);
      const { authenticator } = start(auth);
      expect(await authenticator.authenticate(await sign({}))).toMatchObject({ subject: 'u1', roles: ['analyst'] });
      await authenticator.authenticate(await sign({ sub: 'u2' }));
      expect(reads()).toBe(1);
    },
  );

  it('refuses another issuer, another audience, or none', async () => {
    const { sign, auth } = await provider('ES256');
    const { authenticator } = start(auth);
    const wrong = [{ iss: 'https://evil.example' }, { aud: 'other' }, { iss: undefined }, { aud: undefined }];
    for (const payload of wrong as JWTPayload[])
      await expect(authenticator.authenticate(await sign(payload))).rejects.toEqual(unauthenticated(/iss|aud/));
  });

  it('refuses a token that was signed with the public key as an HMAC secret', async () => {
    const { pair, sign, auth } = await provider('RS256');
    const { authenticator } = start(auth);
    const pem = Buffer.from(await exportSPKI(pair.publicKey));
    for (const key of [pem, Buffer.from(pem.toString().trim())])
      await expect(authenticator.authenticate(await sign({}, key, 'HS256'))).rejects.toEqual(unauthenticated('alg'));
  });

  it('refuses the key of somebody else under the same name, and an expired token', async () => {
    const { sign, auth } = await provider('EdDSA');
    const { authenticator, pass } = start(auth);
    const other = await generateKeyPair('EdDSA');
    await expect(authenticator.authenticate(await sign({}, other.privateKey))).rejects.toEqual(
      unauthenticated('signature'),
    );
    const token = await sign({});
    await authenticator.authenticate(token);
    pass(601);
    await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('expired'));
    await expect(authenticator.authenticate(await sign({ exp: NOW + 599 }))).rejects.toEqual(
      unauthenticated('expired'),
    );
  });

  it('that cannot be read is not held against the token', async () => {
    const { sign, fail, auth } = await provider('ES256');
    const { authenticator } = start(auth);
    fail(503);
    const token = await sign({});
    await expect(authenticator.authenticate(token)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 1_000 });
    fail(200);
    expect(await authenticator.authenticate(token)).toMatchObject({ subject: 'u1' });
  });

  it('is read through the fetch that is given', async () => {
    const { sign, auth } = await provider('ES256');
    const asked: string[] = [];
    const authenticator = createAuthenticator({
      config: { tokenMinutes: 60, ...auth },
      accounts: memoryAccounts(),
      clock: { now: () => new Date(NOW * 1000) },
      fetchKeys: (url, options) => {
        asked.push(url);
        return fetch(url, options);
      },
    });
    await authenticator.authenticate(await sign({}));
    expect(asked).toEqual([auth.issuer.url]);
  });

  it('makes this server take no passwords', async () => {
    const { auth } = await provider('ES256');
    await expect(start(auth).authenticator.signIn('admin', 'admin', '127.0.0.1')).rejects.toEqual(
      unauthenticated('identity provider'),
    );
  });
});

describe('sign-in', () => {
  const ada = account('ada', 'lovelace');
  const others = Array.from({ length: 60 }, (_, i) => account(`user-${i}`, 'secret'));

  it('gives a token that authenticates as who signed in', async () => {
    const { authenticator, pass } = start({ tokenMinutes: 5 }, memoryAccounts(ada, ...others));
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
    const { authenticator } = start({}, accounts);
    const session = await authenticator.signIn(name, name, '127.0.0.1');
    expect(session.principal).toMatchObject({ username: name, tenant: 'default', roles: [role] });
    expect(accounts.stored.size).toBe(0);
  });

  it('knows no dev account elsewhere', async () => {
    const { authenticator } = start({ devAccounts: false });
    await expect(authenticator.signIn('admin', 'admin', '127.0.0.1')).rejects.toEqual(unauthenticated('wrong'));
  });

  it('does not tell an unknown user from a wrong password', async () => {
    const { authenticator } = start({ devAccounts: false }, memoryAccounts(ada, ...others));
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

  it('hashes for an unknown user too, so that time does not tell', async () => {
    const { authenticator } = start({ devAccounts: false });
    const before = performance.now();
    await expect(authenticator.signIn('nobody', 'x', '127.0.0.1')).rejects.toEqual(unauthenticated('wrong'));
    // No machine does this work in so little time; without it, the answer comes within one millisecond.
    expect(performance.now() - before).toBeGreaterThan(10);
  });

  it('is throttled for a user after ten failures, even with the right password, and opens again', async () => {
    const { authenticator, pass } = start({ devAccounts: false }, memoryAccounts(ada, ...others));
    const attempt = (password: string, i: number) =>
      authenticator.signIn('ada', password, `10.0.0.${i}`).then(
        () => 'in',
        ({ code }) => code,
      );
    const codes = await Promise.all(Array.from({ length: 12 }, (_, i) => attempt('wrong', i)));
    expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(2);
    await expect(authenticator.signIn('ada', 'lovelace', '10.0.1.1')).rejects.toMatchObject({
      code: 'THROTTLED',
      retryAfterMs: 6_000,
    });
    pass(6);
    expect(await attempt('lovelace', 99)).toBe('in');
  });

  it('is throttled for an address, an IPv6 one by its network, and leaves others alone', async () => {
    const { authenticator } = start({ devAccounts: false }, memoryAccounts(ada, ...others));
    const attempt = (i: number, address: string) =>
      authenticator.signIn(`user-${i}`, 'wrong', address).catch(({ code }) => code as string);
    const codes = await Promise.all(Array.from({ length: 31 }, (_, i) => attempt(i, `2001:db8::${i.toString(16)}`)));
    expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(1);
    expect(await attempt(50, '2001:db8::ffff')).toBe('THROTTLED');
    expect(await attempt(51, '2001:db8:0:1::1')).toBe('UNAUTHENTICATED');
    await authenticator.signIn('ada', 'lovelace', '::ffff:127.0.0.1');
  });

  it('costs a right password nothing', async () => {
    const { authenticator } = start({ devAccounts: false }, memoryAccounts(ada, ...others));
    for (let i = 0; i < 11; i++) await authenticator.signIn('ada', 'lovelace', '127.0.0.1');
  });

  it('refuses at once what is more than it can hash', async () => {
    const { authenticator } = start({ devAccounts: false }, memoryAccounts(ada, ...others));
    const flood = Array.from({ length: 60 }, (_, i) =>
      authenticator.signIn(`user-${i}`, 'wrong', `10.0.${i}.1`).catch(({ code }) => code as string),
    );
    const codes = await Promise.all(flood);
    expect(codes.filter((code) => code === 'UNAVAILABLE')).toHaveLength(8);
  });
});

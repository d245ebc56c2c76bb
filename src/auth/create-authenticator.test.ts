import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  claims,
  memoryAccessTokens,
  memoryAccounts,
  memoryStandings,
  NOW,
  startAuthenticator,
  unauthenticated,
} from '../../test/support/auth/authenticator.ts';
import { createAuthenticator } from './create-authenticator.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe('a key set', () => {
  const publicJwk = async ({ publicKey }: { publicKey: CryptoKey }, kid: string | null, rest: Partial<JWK> = {}) => ({
    ...(await exportJWK(publicKey)),
    ...(kid !== null && { kid }),
    use: 'sig',
    ...rest,
  });

  /** `kid`: the id of its key; null for none. */
  async function provider(alg: 'RS256' | 'ES256' | 'EdDSA', kid: string | null = 'k1') {
    const pair = await generateKeyPair(alg, { extractable: true });
    const keys: JWK[] = [await publicJwk(pair, kid, { alg })];
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
    const sign = (
      payload: JWTPayload,
      key: CryptoKey | Uint8Array = pair.privateKey,
      header = alg as string,
      hint: string | null = kid,
    ) =>
      new SignJWT({ iss: 'https://id.example', aud: 'signalbox', ...claims, ...payload })
        .setProtectedHeader({ alg: header, ...(hint !== null && { kid: hint }) })
        .sign(key);
    return {
      pair,
      keys,
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
      const { authenticator } = startAuthenticator(auth);
      expect(await authenticator.authenticate(await sign({}))).toMatchObject({ subject: 'u1', roles: ['analyst'] });
      await authenticator.authenticate(await sign({ sub: 'u2' }));
      expect(reads()).toBe(1);
    },
  );

  it('rejects another issuer, another audience, or none', async () => {
    const { sign, auth } = await provider('ES256');
    const { authenticator } = startAuthenticator(auth);
    const wrong = [{ iss: 'https://evil.example' }, { aud: 'other' }, { iss: undefined }, { aud: undefined }];
    for (const payload of wrong as JWTPayload[])
      await expect(authenticator.authenticate(await sign(payload))).rejects.toEqual(unauthenticated(/iss|aud/));
  });

  it('rejects a token that was signed with the public key as an HMAC secret', async () => {
    const { pair, sign, auth } = await provider('RS256');
    const { authenticator } = startAuthenticator(auth);
    const pem = Buffer.from(await exportSPKI(pair.publicKey));
    for (const key of [pem, Buffer.from(pem.toString().trim())])
      await expect(authenticator.authenticate(await sign({}, key, 'HS256'))).rejects.toEqual(unauthenticated('alg'));
  });

  it('rejects another key with the same id, and an expired token', async () => {
    const { sign, auth } = await provider('EdDSA');
    const { authenticator, pass } = startAuthenticator(auth);
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

  it('leaves tokens revocable by their subject; one that may be older than that counts as older', async () => {
    const { sign, auth } = await provider('ES256');
    const { authenticator, standings } = startAuthenticator(auth);
    const revoked = await Promise.all([{ iat: NOW - 60 }, {}, { iat: NOW + 5 }].map((payload) => sign(payload)));
    const [newer, other] = await Promise.all([sign({ iat: NOW + 5.001 }), sign({ sub: 'u2', iat: NOW - 60 })]);
    for (const token of revoked) await authenticator.authenticate(token);
    await standings.revoke({ tenant: 'default', subject: 'u1' }, new Date(NOW * 1000));
    for (const token of revoked)
      await expect(authenticator.authenticate(token)).rejects.toEqual(unauthenticated('revoked. Sign in again'));
    expect(await authenticator.authenticate(other)).toMatchObject({ subject: 'u2' });
    await expect(authenticator.authenticate(newer)).rejects.toEqual(unauthenticated('in the future'));
  });

  it('that cannot be read does not invalidate the token', async () => {
    const { sign, fail, auth } = await provider('ES256');
    const { authenticator } = startAuthenticator(auth);
    fail(503);
    const token = await sign({});
    await expect(authenticator.authenticate(token)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 1_000 });
    fail(200);
    expect(await authenticator.authenticate(token)).toMatchObject({ subject: 'u1' });
  });

  it('is read with the configured fetch', async () => {
    const { sign, auth } = await provider('ES256');
    const issuers: string[] = [];
    const authenticator = createAuthenticator({
      config: { tokenMinutes: 60, sessionHours: 12, apiTokenDays: 365, ...auth },
      accounts: memoryAccounts(),
      standings: memoryStandings(),
      accessTokens: memoryAccessTokens(),
      clock: { now: () => new Date(NOW * 1000) },
      fetchKeys: (url, options) => {
        issuers.push(url);
        return fetch(url, options);
      },
    });
    await authenticator.authenticate(await sign({}));
    expect(issuers).toEqual([auth.issuer.url]);
  });

  describe('with several keys', () => {
    /** A set with two keys of one kind among others. `ids`: their `kid`; null for none. */
    async function rotation(ids: readonly [string | null, string | null]) {
      const { auth, keys, sign, pair } = await provider('RS256', ids[0]);
      const pairs = [pair, ...(await Promise.all([1, 2].map(() => generateKeyPair('RS256', { extractable: true }))))];
      const [, second, encryption] = pairs as [CryptoKeyPair, CryptoKeyPair, CryptoKeyPair];
      const elliptic = await generateKeyPair('ES256', { extractable: true });
      keys.push(await publicJwk(elliptic, null), await publicJwk(encryption, null, { use: 'enc' }), { kty: 'future' });
      keys.push(await publicJwk(second, ids[1]));
      return async (signedBy: number, hint: string | null = null) => {
        const token = await sign({}, pairs[signedBy]?.privateKey, 'RS256', hint);
        const principal = await startAuthenticator(auth).authenticator.authenticate(token);
        return 'subject' in principal && principal.subject;
      };
    }

    it('tries each key for a token that names none', async () => {
      const subjectOf = await rotation(['one', 'two']);
      expect(await subjectOf(0)).toBe('u1');
      expect(await subjectOf(1)).toBe('u1');
    });

    it('accepts a token that names its key, and none that names another', async () => {
      const subjectOf = await rotation(['one', 'two']);
      expect(await subjectOf(1, 'two')).toBe('u1');
      await expect(subjectOf(0, 'two')).rejects.toEqual(unauthenticated('signature'));
      await expect(subjectOf(0, 'three')).rejects.toEqual(unauthenticated('no applicable key'));
    });

    it('tries keys without an id for every token whose key is not in the set', async () => {
      const subjectOf = await rotation([null, null]);
      expect(await subjectOf(0, 'one')).toBe('u1');
      expect(await subjectOf(1, 'two')).toBe('u1');
    });

    it('rejects a token that a key for encryption, or none of them, signed', async () => {
      const subjectOf = await rotation(['one', 'two']);
      await expect(subjectOf(2)).rejects.toEqual(unauthenticated('signature'));
      const { sign } = await provider('RS256', null);
      const { auth } = await provider('RS256');
      const { authenticator } = startAuthenticator(auth);
      await expect(authenticator.authenticate(await sign({}))).rejects.toEqual(unauthenticated('signature'));
    });
  });

  it('is read again for a token without `kid` that a new key signed, at most every 30 s', async () => {
    const { sign, keys, reads, auth } = await provider('ES256');
    const { authenticator } = startAuthenticator(auth);
    const next = await generateKeyPair('ES256', { extractable: true });
    const unnamed = (key?: CryptoKey) => sign({}, key, 'ES256', null);
    vi.useFakeTimers({ toFake: ['Date'], now: NOW * 1000 });
    try {
      await authenticator.authenticate(await unnamed());
      keys.splice(0, 1, await publicJwk(next, 'k2'));
      await expect(authenticator.authenticate(await unnamed(next.privateKey))).rejects.toEqual(
        unauthenticated('signature'),
      );
      expect(reads()).toBe(1);
      vi.setSystemTime(NOW * 1000 + 31_000);
      expect(await authenticator.authenticate(await unnamed(next.privateKey))).toMatchObject({ subject: 'u1' });
      expect(reads()).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('disables sign-in with passwords', async () => {
    const { auth } = await provider('ES256');
    await expect(startAuthenticator(auth).authenticator.signIn('admin', 'admin', '127.0.0.1')).rejects.toEqual(
      unauthenticated('identity provider'),
    );
  });
});

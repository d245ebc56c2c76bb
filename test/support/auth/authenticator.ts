import { scryptSync } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { expect } from 'vitest';
import { createAuthenticator } from '../../../src/auth/create-authenticator.ts';
import type { Config } from '../../../src/config/config.ts';
import { createSecret } from '../../../src/config/secrets.ts';
import type { AccessToken, AccessTokens } from '../../../src/core/accounts/access-tokens.ts';
import type { Account, AccountStandings, Accounts, Standing } from '../../../src/core/accounts/accounts.ts';

export const NOW = Date.UTC(2030, 0, 1) / 1000;
export const SECRET = new TextEncoder().encode('a-secret-of-at-least-32-bytes-for-tests');

/** A hash that costs next to nothing to compare with, so that a test can sign in often. */
function cheapHash(password: string): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const salt = Buffer.from('a salt for tests');
  return `$scrypt$ln=4,r=1,p=1$${base64(salt)}$${base64(scryptSync(password, salt, 32, { N: 16, r: 1, p: 1 }))}`;
}

export const account = (username: string, password: string): Account => ({
  subject: `subject-of-${username}`,
  username,
  tenant: 'north',
  roles: ['analyst'],
  passwordHash: cheapHash(password),
});

export function memoryAccounts(...initial: Account[]): Accounts & { readonly stored: Map<string, Account> } {
  const stored = new Map(initial.map((one) => [one.username, one]));
  return {
    stored,
    find: async (username) => stored.get(username),
    put: async (one) => void stored.set(one.username, one),
    create: () => Promise.reject(new Error('not used here')),
    change: () => Promise.reject(new Error('not used here')),
    list: () => Promise.reject(new Error('not used here')),
  };
}

/** Standings of principals without accounts. */
export function memoryStandings(): AccountStandings {
  const standings = new Map<string, Standing>();
  const listeners = new Map<string, Set<() => void>>();
  const set = (subject: string, standing: Standing) => {
    standings.set(subject, standing);
    for (const listener of listeners.get(subject) ?? []) listener();
  };
  return {
    standingOf: ({ subject }) => standings.get(subject) ?? { state: 'unknown', notBefore: null },
    watch: ({ subject }, listener) => {
      const own = listeners.get(subject) ?? new Set();
      listeners.set(subject, own.add(listener));
      return () => own.delete(listener);
    },
    revoke: async ({ subject }, notBefore) => set(subject, { state: 'unknown', notBefore }),
    setDisabled: async ({ subject }, disabled, notBefore) =>
      set(subject, disabled ? { state: 'gone' } : { state: 'unknown', notBefore }),
  };
}

/** Tokens of one process. */
export function memoryAccessTokens(): AccessTokens & {
  readonly uses: string[];
  stored(): readonly AccessToken[];
} {
  const tokens = new Map<string, AccessToken>();
  const idOf = new Map<string, string>();
  const listeners = new Map<string, Set<() => void>>();
  const uses: string[] = [];
  const set = (id: string, token: AccessToken | undefined) => {
    if (token) tokens.set(id, token);
    else tokens.delete(id);
    for (const listener of listeners.get(id) ?? []) listener();
  };
  return {
    uses,
    stored: () => [...tokens.values()],
    find: (hash) => tokens.get(idOf.get(hash) ?? ''),
    byId: (id) => tokens.get(id),
    watch: (id, listener) => {
      const own = listeners.get(id) ?? new Set();
      listeners.set(id, own.add(listener));
      return () => own.delete(listener);
    },
    create: async (token, hash) => {
      idOf.set(hash, token.id);
      set(token.id, token);
    },
    extend: async (id, expiresAt) => {
      const token = tokens.get(id);
      if (token) set(id, { ...token, expiresAt });
    },
    revoke: async (_owner, id) => {
      const token = tokens.get(id);
      set(id, undefined);
      return token;
    },
    recordUse: ({ id }) => void uses.push(id),
    list: () => Promise.reject(new Error('not used here')),
  };
}

export function startAuthenticator(auth: Partial<Config['auth']> = {}, accounts: Accounts = memoryAccounts()) {
  const standings = memoryStandings();
  let now = NOW * 1000;
  const config: Config['auth'] = {
    ...{ tokenMinutes: 60, sessionHours: 12, apiTokenDays: 365 },
    devAccounts: true,
    issuer: { kind: 'secret', secret: createSecret(SECRET) },
    ...auth,
  };
  const clock = { now: () => new Date(now) };
  const accessTokens = memoryAccessTokens();
  const authenticator = createAuthenticator({ config, accounts, standings, accessTokens, clock });
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  return { authenticator, accounts, standings, accessTokens, config, clock, pass };
}

export const claims = { sub: 'u1', exp: NOW + 600, roles: ['analyst'] };

export function hs256(payload: JWTPayload, key: Uint8Array = SECRET, alg = 'HS256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(key);
}

export const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const unauthenticated = (message: string | RegExp) =>
  expect.objectContaining({ code: 'UNAUTHENTICATED', message: expect.stringMatching(message) });

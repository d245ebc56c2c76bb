import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createEnvironments, problemsOf, SECRET } from '../../test/support/config/environment.ts';
import { Fault } from '../core/errors.ts';
import { readEnvironment } from './environment.ts';

const { development, dir, production } = createEnvironments();

describe('the development secret', () => {
  const secretOf = (folder: string) => {
    const { issuer } = readEnvironment({ DATA_DIR: folder }).auth;
    if (issuer.kind !== 'secret') throw new Error('no secret');
    return Buffer.from(issuer.secret.reveal()).toString('hex');
  };

  it('is random, survives a restart and is accessible to its owner only', () => {
    const [first, second] = [join(dir, 'first'), join(dir, 'second')];
    expect(secretOf(first)).toHaveLength(64);
    expect(secretOf(first)).toBe(secretOf(first));
    expect(secretOf(first)).not.toBe(secretOf(second));
    expect(statSync(join(first, 'development-jwt-secret')).mode & 0o777).toBe(0o600);
  });

  it('is rejected when its file was truncated', () => {
    const folder = join(dir, 'damaged');
    mkdirSync(folder);
    writeFileSync(join(folder, 'development-jwt-secret'), 'c2hvcnQ\n');
    expect(problemsOf(() => secretOf(folder))).toEqual({ DATA_DIR: expect.stringContaining('delete it') });
  });

  it('is not created when another setting is invalid', () => {
    const folder = join(dir, 'untouched');
    expect(() => readEnvironment({ DATA_DIR: folder, PORT: 'x' })).toThrow(Fault);
    expect(statSync(folder, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('reports the folder that cannot be written', () => {
    const folder = join(dir, 'a-file');
    writeFileSync(folder, '');
    expect(problemsOf(() => secretOf(join(folder, 'below')))).toHaveProperty('DATA_DIR');
  });
});

describe('a key set', () => {
  const keys = { JWKS_URL: 'https://id.example/keys', JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'signalbox' };

  it('replaces the secret and the dev accounts', () => {
    const { auth } = development(keys);
    expect(auth.devAccounts).toBe(false);
    expect(auth.issuer).toEqual({
      kind: 'jwks',
      url: 'https://id.example/keys',
      issuer: 'https://id.example',
      audience: 'signalbox',
    });
  });

  it('needs issuer and audience, and excludes a secret', () => {
    const onlyUrl = { JWT_SECRET: '', JWKS_URL: keys.JWKS_URL };
    expect(Object.keys(problemsOf(() => production(onlyUrl)))).toEqual(['JWT_ISSUER', 'JWT_AUDIENCE']);
    expect(problemsOf(() => production(keys)).JWT_SECRET).toContain('not both');
    expect(Object.keys(problemsOf(() => production({ JWT_SECRET: '', JWT_ISSUER: 'x' })))).toContain('JWKS_URL');
  });

  it('requires https, or a host that is listed as private', () => {
    const plain = { ...keys, JWKS_URL: 'http://127.0.0.1:8080/keys' };
    expect(problemsOf(() => development(plain)).JWKS_URL).toContain('https');
    expect(development({ ...plain, ALLOWED_PRIVATE_HOSTS: '127.0.0.1:8080' }).auth.issuer.kind).toBe('jwks');
  });
});

describe('printing the settings', () => {
  it('shows no secret', () => {
    const config = production({ METRICS_TOKEN: 'scraper-token-0123456789' });
    for (const text of [
      JSON.stringify(config),
      inspect(config, { depth: 10, showHidden: true }),
      `${config.auth.issuer}`,
    ]) {
      expect(text).not.toContain('battery');
      expect(text).not.toContain('scraper');
      expect(text).not.toContain(Buffer.from(SECRET).toString('hex').slice(0, 16));
      expect(text).not.toContain(Buffer.from(SECRET).join(','));
    }
    expect(JSON.stringify(config)).toContain('[secret]');
    expect(String(config.server.metricsToken)).toBe('[secret]');
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../test/support/bus/certificates.ts';
import { createEnvironments, problemsOf } from '../../test/support/config/environment.ts';

const { development, dir } = createEnvironments();
const natsOf = (env: Record<string, string>) => development(env).nats;
const SEED = `SU${'A'.repeat(56)}`;
const write = (name: string, content: string) => {
  const file = join(dir, name);
  writeFileSync(file, content);
  return file;
};

describe('NATS', () => {
  it('is not used by default', () => {
    expect(development()).not.toHaveProperty('nats');
  });

  it('is one server or a cluster, with or without TLS', () => {
    expect(natsOf({ NATS_URL: 'nats://localhost' })).toEqual({ servers: ['localhost:4222'] });
    expect(natsOf({ NATS_URL: 'tls://a.example:4223, tls://[fd00::1]:4222/' })).toEqual({
      servers: ['a.example:4223', '[fd00::1]:4222'],
      tls: {},
    });
  });

  it('has a user whose password is shown nowhere', () => {
    const URL = 'nats://signal%20box:hunter2%3A@a:1,nats://b:2';
    for (const env of [{ NATS_URL: URL }, { NATS_URL_FILE: write('url', `${URL}\n`) }]) {
      const nats = natsOf(env);
      expect(nats).toMatchObject({ servers: ['a:1', 'b:2'], login: { kind: 'password', user: 'signal box' } });
      expect(nats?.login?.kind === 'password' && Buffer.from(nats.login.password.reveal()).toString()).toBe('hunter2:');
      expect(`${JSON.stringify(nats)}${inspect(nats, { depth: 10, showHidden: true })}`).not.toContain('hunter2');
    }
  });

  it.each([
    'localhost:4222',
    'ws://localhost',
    'nats://',
    'nats://a:99999',
    'nats://token@a',
    'nats://u:hunter2@a/path',
    'nats://u:hunter2%zz@a',
    'nats://a,',
  ])('is not %s, which is not shown', (NATS_URL) => {
    const { NATS_URL: problem } = problemsOf(() => development({ NATS_URL }));
    expect(problem).toContain('write nats://HOST:PORT');
    expect(problem).not.toContain('hunter2');
  });

  it('has one user and one scheme for a cluster', () => {
    const mixed = { NATS_URL: 'nats://a,tls://b' };
    expect(problemsOf(() => development(mixed))).toEqual({ NATS_URL: expect.stringContaining('for all servers') });
    const users = { NATS_URL: 'nats://a:1@a,nats://a:2@b' };
    expect(problemsOf(() => development(users))).toEqual({ NATS_URL: expect.stringContaining('same USER:PASSWORD') });
  });

  it('reads a seed or credentials from a file, and nothing else', () => {
    const NATS_URL = 'nats://a';
    const nkey = write('seed', `${SEED}\n`);
    expect(natsOf({ NATS_URL, NATS_NKEY: nkey })?.login).toEqual({ kind: 'nkey', file: nkey });
    const lines = ['-----BEGIN NATS USER JWT-----', 'a.b.c', '------END NATS USER JWT------', ''];
    const seeds = ['-----BEGIN USER NKEY SEED-----', SEED, '------END USER NKEY SEED------', ''];
    const creds = write('creds', [...lines, ...seeds].join('\n'));
    expect(natsOf({ NATS_URL, NATS_CREDS: creds })?.login).toEqual({ kind: 'creds', file: creds });

    expect(problemsOf(() => development({ NATS_URL, NATS_CREDS: nkey }))).toEqual({
      NATS_CREDS: expect.stringContaining('nsc'),
    });
    expect(problemsOf(() => development({ NATS_URL, NATS_NKEY: creds }))).toEqual({
      NATS_NKEY: expect.stringContaining('begins with SU'),
    });
    const both = { NATS_URL: 'nats://u:p@a', NATS_NKEY: nkey };
    expect(problemsOf(() => development(both))).toEqual({ NATS_NKEY: expect.stringContaining('set one of') });
  });

  it('reads the files of TLS, whose certificate and key belong together', () => {
    const authority = createAuthority(dir);
    const { cert, key } = authority.issue('DNS:signalbox');
    const other = authority.issue('DNS:other');
    const NATS_URL = 'nats://a';
    const env = { NATS_URL, NATS_CA: authority.cert, NATS_CERT: cert, NATS_KEY: key };
    expect(natsOf(env)?.tls).toEqual({ caFile: authority.cert, certFile: cert, keyFile: key });
    expect(problemsOf(() => development({ ...env, NATS_KEY: other.key }))).toEqual({
      NATS_CERT: expect.stringMatching(/cannot be used \(.*mismatch/),
    });
    expect(problemsOf(() => development({ NATS_URL, NATS_KEY: key }))).toEqual({
      NATS_KEY: expect.stringContaining('together'),
    });
    expect(problemsOf(() => development({ NATS_URL, NATS_CA: write('ca', 'not PEM') }))).toEqual({
      NATS_CA: expect.stringContaining('PEM file of certificates'),
    });
    expect(problemsOf(() => development({ NATS_URL, NATS_CA: join(dir, 'nowhere') }))).toEqual({
      NATS_CA: expect.stringContaining('does not exist'),
    });
  });

  it('does not accept its settings without its URL', () => {
    const NATS_NKEY = write('seed', SEED);
    expect(problemsOf(() => development({ NATS_NKEY }))).toEqual({
      NATS_NKEY: expect.stringContaining('set NATS_URL'),
    });
  });
});

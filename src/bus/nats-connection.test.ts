import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../test/support/bus/certificates.ts';
import { hasNats, startNatsServer } from '../../test/support/bus/nats-server.ts';
import { silentLogger } from '../../test/support/store/sqlite-harness.ts';
import { until } from '../../test/support/until.ts';
import { readEnvironment } from '../config/environment.ts';
import { openBus } from './open-bus.ts';

const bytes = new Uint8Array([1]);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-nats-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function write(content: string): string {
  const file = join(folder, randomUUID());
  writeFileSync(file, content);
  return file;
}

/** The bus of a server with these variables. */
async function open(env: Readonly<Record<string, string>>) {
  const bus = await openBus(readEnvironment({ DATA_DIR: folder, ...env }).nats, silentLogger);
  return Object.assign(bus, { [Symbol.asyncDispose]: () => bus.close() });
}

const refused = (text: string) => ({ code: 'UNAVAILABLE', message: expect.stringContaining(text) });

describe.runIf(hasNats)('a client of NATS', () => {
  it('proves who it is by the password in the URL', async () => {
    await using server = await startNatsServer({ config: 'authorization { user: a, password: "p@ss,:/" }' });
    const { host } = new URL(server.url);
    await using bus = await open({ NATS_URL: `nats://a:p%40ss%2C%3A%2F@${host}` });
    expect(await bus.deliver('job.nobody', bytes)).toBe(false);
    const wrong = open({ NATS_URL: `nats://a:hunter2@${host}` });
    await expect(wrong).rejects.toMatchObject(refused(`${host} refuses the credentials. Check USER:PASSWORD`));
    await expect(wrong).rejects.not.toMatchObject(refused('hunter2'));
    await expect(open({ NATS_URL: server.url })).rejects.toMatchObject(refused('refuses the credentials'));
  });

  it('proves who it is by an NKey', async () => {
    const seedOf = (user: nkeys.KeyPair) => write(`${new TextDecoder().decode(user.getSeed())}\n`);
    const user = nkeys.createUser();
    const config = `authorization { users = [ { nkey: ${user.getPublicKey()} } ] }`;
    await using server = await startNatsServer({ config });
    await using bus = await open({ NATS_URL: server.url, NATS_NKEY: seedOf(user) });
    expect(bus.isConnected()).toBe(true);
    const other = open({ NATS_URL: server.url, NATS_NKEY: seedOf(nkeys.createUser()) });
    await expect(other).rejects.toMatchObject(refused('NATS_NKEY'));
  });

  it('proves who it is by a file of credentials', async () => {
    const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
    const accountToken = nkeyToken(operator, account, {
      type: 'account',
      limits: { subs: -1, conn: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true },
    });
    const config = [
      `operator: ${nkeyToken(operator, operator, { type: 'operator' })}`,
      'resolver: MEMORY',
      `resolver_preload: { ${account.getPublicKey()}: ${accountToken} }`,
    ].join('\n');
    await using server = await startNatsServer({ config, jetstream: false });
    const userToken = nkeyToken(account, user, { type: 'user', subs: -1, data: -1, payload: -1 });
    const seed = new TextDecoder().decode(user.getSeed());
    const block = (name: string, text: string) => `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n\n`;
    const file = write(block('NATS USER JWT', userToken) + block('USER NKEY SEED', seed));
    await using bus = await open({ NATS_URL: server.url, NATS_CREDS: file });
    expect(await bus.deliver('job.nobody', bytes)).toBe(false);
  });

  it('reconnects with a renewed file after its key was refused, however often', async () => {
    const [before, after] = [nkeys.createUser(), nkeys.createUser()];
    const seed = write(new TextDecoder().decode(before.getSeed()));
    const userOf = (user: nkeys.KeyPair) => `users = [ { nkey: ${user.getPublicKey()} } ]`;
    const users = write(userOf(before));
    await using server = await startNatsServer({
      config: `authorization { include "..${users.slice(tmpdir().length)}" }`,
    });
    const refusals: string[] = [];
    const logger = { ...silentLogger, warn: (event: string) => void refusals.push(event) };
    const bus = await openBus(
      readEnvironment({ DATA_DIR: folder, NATS_URL: server.url, NATS_NKEY: seed }).nats,
      logger,
    );
    await server.kill();
    writeFileSync(users, userOf(after));
    await server.start();
    await until('it is refused', () => refusals.includes('bus.error'));
    expect(bus.isConnected()).toBe(false);
    expect(bus.disconnectedMs()).toBeGreaterThan(0);
    writeFileSync(seed, new TextDecoder().decode(after.getSeed()));
    await until('it is connected', () => bus.isConnected());
    expect(bus.disconnectedMs()).toBe(0);
    await bus.close();
  });
});

describe.runIf(hasNats)('NATS over TLS', () => {
  const tls = (files: { cert: string; key: string }, ca?: string) =>
    `tls { cert_file: "${files.cert}", key_file: "${files.key}", timeout: 30 ${ca ? `, ca_file: "${ca}", verify: true` : ''} }`;
  const secure = (url: string, host = new URL(url).hostname) => `tls://${host}:${new URL(url).port}`;

  it('accepts a client with a certificate, also after the server was restarted', async () => {
    const authority = createAuthority(folder);
    const config = tls(authority.issue('IP:127.0.0.1'), authority.cert);
    await using server = await startNatsServer({ config });
    const { cert, key } = authority.issue('DNS:signalbox');
    const env = { NATS_URL: secure(server.url), NATS_CA: authority.cert };
    await using bus = await open({ ...env, NATS_CERT: cert, NATS_KEY: key });
    await bus.publish('sys.job.submit', bytes);
    await server.kill();
    await until('it notices', () => !bus.isConnected());
    await server.start();
    await until('it is connected', () => bus.isConnected());
    const taken: Uint8Array[] = [];
    const stop = await bus.consume('sys.job.submit', async (message) => void taken.push(message));
    await until('what was kept is taken', () => taken.length === 1);
    await stop();

    const other = createAuthority(folder);
    const stranger = other.issue('DNS:signalbox');
    const strange = open({ ...env, NATS_CERT: stranger.cert, NATS_KEY: stranger.key });
    const without = open(env);
    await expect(strange).rejects.toMatchObject(refused('NATS_CERT'));
    await expect(without).rejects.toMatchObject(refused('NATS_CERT'));
    const distrustful = open({ NATS_URL: secure(server.url), NATS_CA: other.cert });
    await expect(distrustful).rejects.toMatchObject(refused('cannot be reached over TLS'));
    await expect(open({ NATS_URL: secure(server.url) })).rejects.toMatchObject(refused('NATS_CA'));
  });

  it('is for the host in the URL', async () => {
    const authority = createAuthority(folder);
    await using server = await startNatsServer({ config: tls(authority.issue('DNS:localhost')) });
    const NATS_CA = authority.cert;
    await using bus = await open({ NATS_URL: secure(server.url, 'localhost'), NATS_CA });
    expect(await bus.deliver('job.nobody', bytes)).toBe(false);
    const another = open({ NATS_URL: secure(server.url), NATS_CA });
    await expect(another).rejects.toMatchObject(refused('the host in NATS_URL'));
  });

  it('is required by tls:// and by a certificate', async () => {
    await using server = await startNatsServer();
    await expect(open({ NATS_URL: secure(server.url) })).rejects.toMatchObject(refused('has no TLS'));
    const NATS_CA = createAuthority(folder).cert;
    await expect(open({ NATS_URL: server.url, NATS_CA })).rejects.toMatchObject(refused('has no TLS'));
  });
});

/** A token of NATS: who is meant, signed by who vouches for it. */
function nkeyToken(issuer: nkeys.KeyPair, subject: nkeys.KeyPair, claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const content = {
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: 'test',
    nats: { version: 2, ...claims },
  };
  const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(content)}`;
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`;
}

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { newKeyPair } from '../../test/support/cap/legacy-codec.ts';
import { createEnvironments, problemsOf } from '../../test/support/config/environment.ts';
import { readPeersFile } from './read-peers.ts';

const { development, dir } = createEnvironments();
const { publicKey, privateKey } = newKeyPair();
const publicPem = (key: KeyObject = publicKey) => key.export({ format: 'pem', type: 'spki' }).toString();
const privatePem = (key: KeyObject = privateKey) => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const SETTINGS = { allowUnsigned: false, senderId: 'signalbox' };

/** A file of peers with this YAML. */
function peersFile(yaml: string): string {
  const file = join(dir, 'peers.yaml');
  writeFileSync(file, yaml);
  return file;
}
const inline = (pem: string) => `public_key: ${JSON.stringify(pem)}`;

describe('the file of peers', () => {
  it('has keys in it or in files next to it, and accounts', () => {
    writeFileSync(join(dir, 'worker.pem'), publicPem());
    const { peers } = readPeersFile(
      peersFile(
        `worker-1: { key_file: worker.pem, workers: true }\n"7": { ${inline(publicPem())}, account: alice, tenant: acme }`,
      ),
      SETTINGS,
    );
    const keyId = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect([...peers.values()]).toEqual([
      { senderId: '7', isWorker: false, key: expect.anything(), keyId, account: 'alice', tenant: 'acme' },
      { senderId: 'worker-1', isWorker: true, key: expect.anything(), keyId },
    ]);
    expect(peers.get('worker-1')?.key?.equals(publicKey)).toBe(true);
  });

  it('may have peers without a key where packets need no signature', () => {
    const file = peersFile('client: { account: bob }\nother:');
    expect(readPeersFile(file, { ...SETTINGS, allowUnsigned: true }).peers.size).toBe(2);
    expect(() => readPeersFile(file, SETTINGS)).toThrow(
      'client needs public_key or key_file, unless CAP_UNSIGNED=true',
    );
  });

  it.each([
    ['- a', 'it must be an object of peers by sender id'],
    ['a: { secret: x }', 'a has no setting secret; write public_key, key_file, account'],
    ['a: { account: "" }', 'a/account'],
    ['a: 5', 'a must be object'],
    ['a: { public_key: x, key_file: y }', 'a has public_key and key_file; keep one'],
    ['a: { key_file: nowhere.pem }', 'nowhere.pem'],
    ['a: { public_key: x }', 'a has no public key on P-256 in PEM'],
    [`a: { ${inline(privatePem())} }`, 'a has a private key here; write the public key'],
    [`a: { ${inline(publicPem(generateKeyPairSync('ed25519').publicKey))} }`, 'a has no public key on P-256 in PEM'],
    [`signalbox: { ${inline(publicPem())} }`, 'signalbox is this server; set CAP_KEY for its key'],
    ['a: {}\na: {}', 'Map keys must be unique'],
  ])('is not valid as %j', (yaml, problem) => {
    expect(problemsOf(() => development({ CAP_PEERS: peersFile(yaml) })).CAP_PEERS).toContain(problem);
  });

  it('is reported when it does not exist', () => {
    expect(problemsOf(() => development({ CAP_PEERS: join(dir, 'none.yaml') })).CAP_PEERS).toContain('none.yaml');
  });
});

describe('the settings of peers', () => {
  it('are strict by default: nobody may send', () => {
    expect(development().peers).toEqual({ allowUnsigned: false, emptySignature: false, senderId: 'signalbox' });
  });

  it('have a key on P-256, which is not shown', () => {
    const file = join(dir, 'cap-key.pem');
    writeFileSync(file, privatePem());
    const config = development({ CAP_KEY_FILE: file, CAP_SENDER_ID: 'gateway.eu-1' });
    expect(config.peers).toMatchObject({ senderId: 'gateway.eu-1', key: expect.anything() });
    expect(`${JSON.stringify(config)}${inspect(config, { depth: 10, showHidden: true })}`).not.toContain('BEGIN');
    for (const pem of [publicPem(), 'x', privatePem(generateKeyPairSync('ed25519').privateKey)]) {
      expect(problemsOf(() => development({ CAP_KEY: pem })).CAP_KEY).toContain('not a private key on P-256');
    }
  });

  it('are not valid with a sender id that is no name, or an account that nothing uses', () => {
    expect(problemsOf(() => development({ CAP_SENDER_ID: 'a b', CAP_UNSIGNED_ACCOUNT: 'bob' }))).toEqual({
      CAP_SENDER_ID: expect.stringContaining('write 1 to 256'),
      CAP_UNSIGNED_ACCOUNT: expect.stringContaining('CAP_UNSIGNED=true'),
    });
  });
});

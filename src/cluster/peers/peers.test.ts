import type { KeyObject } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeLegacy, newKeyPair, pemOf, signAsSent, signLegacy } from '../../../test/support/cap/legacy-codec.ts';
import { openWorkerTables } from '../../../test/support/cap/restrictions.ts';
import { createEnvironments } from '../../../test/support/config/environment.ts';
import { until } from '../../../test/support/until.ts';
import { PacketError } from '../../cap/packet-error.ts';
import { systemClock } from '../../core/clock.ts';
import { openPeers, type Peers } from './peers.ts';

const { development, dir } = createEnvironments();
const { restrictions } = await openWorkerTables();
const worker = newKeyPair();
const own = newKeyPair();
const privatePem = own.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const file = join(dir, 'peers.yaml');

function writePeers(peers: Readonly<Record<string, object>>) {
  writeFileSync(`${file}.new`, JSON.stringify(peers));
  renameSync(`${file}.new`, file);
}

let peers: Peers | undefined;
afterEach(() => peers?.close());
const lines: [string, object | undefined][] = [];
const log = (event: string, fields?: object) => void lines.push([event, fields]);
const logger = { debug: log, info: log, warn: log, error: log };

function open(env: Record<string, string> = {}, entries: Readonly<Record<string, object>> = {}): Peers {
  writePeers({ 'worker-1': { public_key: pemOf(worker.publicKey), workers: true }, ...entries });
  lines.length = 0;
  const { peers: settings } = development({ CAP_PEERS: file, ...env });
  peers = openPeers({ settings, restrictions, clock: systemClock, logger });
  return peers;
}

const heartbeat = (senderId: string) => ({
  ...{ trace_id: 't', sender_id: senderId, protocol_version: 1 },
  heartbeat: { worker_id: senderId },
});
const signed = (packet: object, { privateKey }: { readonly privateKey: KeyObject }) =>
  signAsSent({ ...packet }, privateKey);

function refusal(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof PacketError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a packet', () => {
  it('of a sender with a key is opened when it is signed with it', () => {
    const { peer, packet } = open().open(signed(heartbeat('worker-1'), worker));
    expect(peer).toEqual({ senderId: 'worker-1', isWorker: true, isVerified: true });
    expect(packet.payload.case).toBe('heartbeat');
  });

  it.each([
    ['is not signed', encodeLegacy(heartbeat('worker-1')), 'PROTOCOL_SIGNATURE_MISSING'],
    ['is signed with another key', signed(heartbeat('worker-1'), own), 'PROTOCOL_SIGNATURE_INVALID'],
    [
      'says that another sent it',
      Buffer.concat([signed(heartbeat('other'), worker), encodeLegacy({ sender_id: 'worker-1' })]),
      'PROTOCOL_SIGNATURE_INVALID',
    ],
    ['is of an older SDK for Node', signLegacy(heartbeat('worker-1'), worker.privateKey), 'PROTOCOL_SIGNATURE_INVALID'],
    ['is of a sender that is not listed', signed(heartbeat('worker-2'), worker), 'PROTOCOL_SIGNATURE_INVALID'],
    ['is of nobody', encodeLegacy(heartbeat('worker-2')), 'PROTOCOL_SIGNATURE_MISSING'],
    ['is no packet', Buffer.from('x'), 'PROTOCOL_MALFORMED_PACKET'],
  ])('is refused when it %s', (_, bytes, code) => {
    expect(refusal(() => open().open(bytes))).toBe(code);
  });

  it('of an older SDK for Node is opened where that is configured', () => {
    const settings = { CAP_EMPTY_SIGNATURE: 'true' };
    expect(open(settings).open(signLegacy(heartbeat('worker-1'), worker.privateKey)).peer.isVerified).toBe(true);
  });

  it('that is not signed is opened with CAP_UNSIGNED, unless its sender has a key', () => {
    const settings = { CAP_UNSIGNED: 'true', CAP_UNSIGNED_ACCOUNT: 'bob' };
    const opened = open(settings, { client: { account: 'alice', tenant: 'acme' } });
    expect(opened.open(encodeLegacy(heartbeat('client'))).peer).toEqual({
      ...{ senderId: 'client', isWorker: false, isVerified: false, account: 'alice', tenant: 'acme' },
    });
    const stranger = { senderId: 'x', isWorker: true, isVerified: false, account: 'bob' };
    expect(opened.open(encodeLegacy(heartbeat('x'))).peer).toEqual(stranger);
    expect(opened.open(signed(heartbeat('x'), worker)).peer).toEqual(stranger);
    expect(refusal(() => opened.open(encodeLegacy(heartbeat('worker-1'))))).toBe('PROTOCOL_SIGNATURE_MISSING');
    expect(lines.filter(([event]) => event === 'peers.unsigned_accepted')).toHaveLength(1);
  });

  it('of this server is signed, and opened by its other nodes', () => {
    const server = open({ CAP_KEY: privatePem, CAP_SENDER_ID: 'gateway' });
    const bytes = server.write({ case: 'jobCancel', value: { jobId: 'j' } }, { traceId: 'trace-1' });
    const { peer, packet } = server.open(bytes);
    expect(peer).toEqual({ senderId: 'gateway', isWorker: false, isVerified: true });
    expect(packet).toMatchObject({ traceId: 'trace-1', senderId: 'gateway', createdAt: expect.anything() });
    const forged = { trace_id: 't', sender_id: 'gateway', protocol_version: 1, job_cancel: { job_id: 'j' } };
    expect(refusal(() => server.open(encodeLegacy(forged)))).toBe('PROTOCOL_SIGNATURE_MISSING');
  });
});

describe('the file of peers', () => {
  it('takes effect when it changes, and a broken one does not', async () => {
    const opened = open();
    const packet = signed(heartbeat('worker-2'), own);
    expect(refusal(() => opened.open(packet))).toBe('PROTOCOL_SIGNATURE_INVALID');
    writeFileSync(file, 'worker-2: {');
    await until('it is refused', () => lines.some(([event]) => event === 'peers.refused'));
    expect(refusal(() => opened.open(signed(heartbeat('worker-1'), worker)))).toBe('accepted');
    const keyFile = join(dir, 'worker-2.pem');
    writePeers({ 'worker-2': { key_file: 'worker-2.pem', workers: true } });
    await until('the missing key is reported', () =>
      lines.some(([, fields]) => JSON.stringify(fields).includes('.pem')),
    );
    writeFileSync(keyFile, pemOf(own.publicKey));
    await until('it is in force', () => refusal(() => opened.open(packet)) === 'accepted');
    expect(refusal(() => opened.open(signed(heartbeat('worker-1'), worker)))).toBe('PROTOCOL_SIGNATURE_INVALID');
    writeFileSync(keyFile, pemOf(worker.publicKey));
    await until('the new key is in force', () => refusal(() => opened.open(packet)) !== 'accepted');
  });
});

describe('a sender that is revoked', () => {
  it('is refused, and with another key in the file accepted again', async () => {
    const [old, next] = [newKeyPair(), newKeyPair()];
    const opened = open({}, { w: { public_key: pemOf(old.publicKey) }, w2: { public_key: pemOf(old.publicKey) } });
    expect(await opened.revoke('w', 'admin')).toMatchObject({ kind: 'REVOKED', workerId: 'w', by: 'admin' });
    expect(refusal(() => opened.open(signed(heartbeat('w'), old)))).toBe('PROTOCOL_SIGNATURE_INVALID');
    // The key is known to somebody else.
    expect(refusal(() => opened.open(signed(heartbeat('w2'), old)))).toBe('PROTOCOL_SIGNATURE_INVALID');
    writePeers({ w: { public_key: pemOf(next.publicKey) } });
    await until('the new key counts', () => refusal(() => opened.open(signed(heartbeat('w'), next))) === 'accepted');
  });

  it('is refused without a signature too', async () => {
    const opened = open({ CAP_UNSIGNED: 'true' });
    expect(refusal(() => opened.open(encodeLegacy(heartbeat('x'))))).toBe('accepted');
    await opened.revoke('x', 'admin');
    await opened.revoke('worker-1', 'admin');
    expect(refusal(() => opened.open(encodeLegacy(heartbeat('x'))))).toBe('PROTOCOL_SIGNATURE_INVALID');
    writePeers({});
    await until('the file is read', () => lines.some(([event]) => event === 'peers.reloaded'));
    expect(refusal(() => opened.open(encodeLegacy(heartbeat('worker-1'))))).toBe('PROTOCOL_SIGNATURE_INVALID');
    expect(refusal(() => opened.open(encodeLegacy(heartbeat('y'))))).toBe('accepted');
  });

  it.each(['nobody', 'signalbox'])('must exist, and not be this server: %s', async (senderId) => {
    await expect(open({ CAP_KEY: privatePem }).revoke(senderId, 'admin')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

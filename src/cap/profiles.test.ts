import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { newKeyPair } from '../../test/support/cap/legacy-codec.ts';
import { WorkerHandshakeChallengeSchema } from './generated/cordum/agent/v1/worker_pb.js';
import { type PacketOptions, type Payload, readPacket, writePacket } from './packet.ts';
import { PRODUCTION_PREFIX, productionMetadata, verifyProduction } from './production-signature.ts';
import { handshakePrefix, verifyHandshake } from './worker-handshake.ts';

const { privateKey: key, publicKey } = newKeyPair();
const NOW = new Date('2026-05-04T03:02:01Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const OPTIONS: PacketOptions = { traceId: 't', senderId: 'worker-1', createdAt: NOW };

describe('a signature of the production profile', () => {
  const cancel: Payload = { case: 'jobCancel', value: { jobId: 'j' } };
  const signed = (metadata = productionMetadata('key-1', 'sys.job.cancel', later(60_000))) =>
    writePacket(cancel, { ...OPTIONS, signatureMetadata: metadata }, { key, prefix: PRODUCTION_PREFIX });
  const verify = (bytes: Uint8Array, subject = 'sys.job.cancel', now = NOW) =>
    verifyProduction(readPacket(bytes), bytes, publicKey, { subject, now });

  it('is valid on its subject, until it expires', () => {
    const bytes = signed();
    expect(() => verify(bytes)).not.toThrow();
    expect(() => verify(bytes, 'sys.job.submit')).toThrow('was made for another subject');
    expect(() => verify(bytes, 'sys.job.cancel', later(60_000))).toThrow('has expired');
  });

  it('is not that of a plain packet, and the reverse', () => {
    const metadata = productionMetadata('key-1', 'sys.job.cancel', later(60_000));
    const plain = writePacket(cancel, { ...OPTIONS, signatureMetadata: metadata }, { key });
    expect(() => verify(plain)).toThrow('does not fit the packet');
    expect(() => verify(writePacket(cancel, OPTIONS, { key }))).toThrow('no signature of the production profile');
  });

  it.each([
    ['algorithm', { algorithm: 'HMAC' }],
    ['profile', { profileVersion: 'cap-production-v2' }],
    ['message id', { messageId: new Uint8Array(8) }],
  ])('needs its %s', (_, change) => {
    const metadata = productionMetadata('key-1', 'sys.job.cancel', later(60_000));
    expect(() => verify(signed({ ...metadata, ...change }))).toThrow(/another profile|no message id/);
  });
});

describe('the handshake of a worker', () => {
  const challenge = (fields: MessageInitShape<typeof WorkerHandshakeChallengeSchema> = {}): Payload => ({
    case: 'workerHandshakeChallenge',
    value: create(WorkerHandshakeChallengeSchema, {
      workerId: 'worker-1',
      audience: 'cordum-scheduler',
      clientNonce: new Uint8Array(32).fill(1),
      serverNonce: new Uint8Array(32).fill(2),
      issuedAt: timestampFromMs(NOW.getTime()),
      expiresAt: timestampFromMs(later(30_000).getTime()),
      ...fields,
    }),
  });
  const sign = (payload: Payload, domain = handshakePrefix('workerHandshakeChallenge')) =>
    writePacket(payload, OPTIONS, { key, prefix: domain });
  const verify = (bytes: Uint8Array, now = NOW) => verifyHandshake(readPacket(bytes), bytes, publicKey, now);

  it('is verified with the domain of its message', () => {
    expect(() => verify(sign(challenge()))).not.toThrow();
    expect(() => verify(sign(challenge(), handshakePrefix('workerHandshakeResult')))).toThrow('does not fit');
    expect(() => verify(sign({ case: 'jobCancel', value: { jobId: 'j' } }))).toThrow('not a part of the handshake');
  });

  it.each([
    ['a short nonce', { clientNonce: new Uint8Array(16) }, 'nonce of 32 bytes'],
    ['another audience', { audience: 'somebody' }, 'audience'],
    ['a long life', { expiresAt: timestampFromMs(later(60_001).getTime()) }, 'not valid for 1 to 60000 ms'],
    ['an end before its beginning', { expiresAt: timestampFromMs(1_000) }, 'not valid for 1 to 60000 ms'],
  ])('is refused with %s', (_, fields, message) => {
    expect(() => verify(sign(challenge(fields)))).toThrow(message);
  });

  it('is refused after it expired, and with fields that are not known', () => {
    const bytes = sign(challenge());
    expect(() => verify(bytes, later(30_000))).toThrow('has expired');
    const unknown = new BinaryWriter().tag(99, WireType.Varint).uint32(1).finish();
    expect(() => verify(Buffer.concat([bytes, unknown]))).toThrow('fields that are not known');
  });
});

import { type KeyObject, sign } from 'node:crypto';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { encodeLegacy, newKeyPair, signLegacy } from '../../test/support/cap/legacy-codec.ts';
import { writePacket } from './packet.ts';
import { joinRecords, splitRecords } from './records.ts';
import { verifyPacket } from './signatures.ts';

const { privateKey, publicKey } = newKeyPair();
const PACKET = {
  trace_id: 't',
  sender_id: 'client',
  created_at: { seconds: 1, nanos: 0 },
  protocol_version: 1,
  job_request: { job_id: 'j', topic: 'job.echo', labels: { b: '1', a: '2' } },
};

/** The field with the signature of those bytes, as it is appended to a packet. */
function signatureOf(bytes: Uint8Array, key: KeyObject = privateKey): Uint8Array {
  return new BinaryWriter()
    .tag(14, WireType.LengthDelimited)
    .bytes(sign('sha256', bytes, key))
    .finish();
}

/** As SDKs for Go write it: the payload last, after the signature and the token. */
function signedInGo(): Uint8Array {
  const records = splitRecords(encodeLegacy({ ...PACKET, auth_token: 'secret' }));
  const isPayload = ({ number }: { readonly number: number }) => number === 10;
  const inOrder = joinRecords([...records].toSorted((a, b) => a.number - b.number));
  const [payload, rest] = [records.filter(isPayload), records.filter((record) => !isPayload(record))];
  const token = rest.filter(({ number }) => number === 18);
  const before = rest.filter(({ number }) => number !== 18);
  return joinRecords([...before, { bytes: signatureOf(inOrder) }, ...token, ...payload]);
}

describe('a signature is accepted', () => {
  it('of a packet that we sign, by its key alone', () => {
    const options = { traceId: 't', senderId: 's', createdAt: new Date(0), authToken: 'x' };
    const payload = { case: 'jobCancel', value: { jobId: 'j' } } as const;
    const packet = writePacket(payload, options, { key: privateKey });
    expect(verifyPacket(packet, publicKey)).toBe(true);
    expect(verifyPacket(packet, newKeyPair().publicKey)).toBe(false);
    expect(splitRecords(packet).map(({ number }) => number)).toEqual([1, 2, 4, 14, 16, 18]);
  });

  it('over the packet as it was sent', () => {
    const bytes = encodeLegacy(PACKET);
    expect(verifyPacket(Buffer.concat([bytes, signatureOf(bytes)]), publicKey)).toBe(true);
  });

  it('over its fields in the order of their numbers, when it was sent in another', () => {
    expect(verifyPacket(signedInGo(), publicKey)).toBe(true);
  });

  it('over a packet with an empty signature, only where that is allowed', () => {
    const packet = signLegacy(PACKET, privateKey);
    expect(verifyPacket(packet, publicKey)).toBe(false);
    expect(verifyPacket(packet, publicKey, { emptySignature: true })).toBe(true);
  });
});

describe('a signature is refused', () => {
  const bytes = encodeLegacy(PACKET);
  const signature = signatureOf(bytes);
  const changed = encodeLegacy({ ...PACKET, sender_id: 'other' });
  const raw = sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const asNumber = new BinaryWriter().tag(14, WireType.Varint).uint32(5).finish();

  it.each([
    ['that is missing', bytes],
    ['that is empty', Buffer.concat([bytes, Buffer.from([0x72, 0])])],
    ['of another packet', Buffer.concat([changed, signature])],
    ['that is there twice', Buffer.concat([bytes, signature, signature])],
    [
      'that is two numbers, one after the other',
      Buffer.concat([bytes, new BinaryWriter().tag(14, 2).bytes(raw).finish()]),
    ],
    ['that is a number', Buffer.concat([bytes, asNumber])],
    ['of a packet to which a field was added', Buffer.concat([bytes, signature, Buffer.from([0x0a, 1, 0x41])])],
  ])('%s', (_, packet) => {
    expect(verifyPacket(packet, publicKey)).toBe(false);
    expect(verifyPacket(packet, publicKey, { emptySignature: true })).toBe(false);
  });
});

import { type KeyObject, randomBytes } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import type { BusPacket, SignatureMetadata } from './generated/cordum/agent/v1/packet_pb.js';
import { SignatureMetadataSchema } from './generated/cordum/agent/v1/packet_pb.js';
import { PacketError } from './packet-error.ts';
import { verifyWithPrefix } from './signatures.ts';

/** What is signed before the packet in the production profile. */
export const PRODUCTION_PREFIX = Buffer.from('CAP-PRODUCTION-SIGNATURE-V1\0');
const PROFILE = 'cap-production-v1';
const ALGORITHM = 'ECDSA-P256-SHA256';
const MESSAGE_ID_BYTES = 16;

/** For a packet that is sent to this subject: it is valid nowhere else, and not after it expires. */
export function productionMetadata(keyId: string, subject: string, expiresAt: Date): SignatureMetadata {
  return create(SignatureMetadataSchema, {
    profileVersion: PROFILE,
    algorithm: ALGORITHM,
    messageId: randomBytes(MESSAGE_ID_BYTES),
    audience: subject,
    expiresAt: timestampFromMs(expiresAt.getTime()),
    keyId,
  });
}

/**
 * Verifies the signature of the production profile. That a message id is seen once only is for the caller to ensure.
 * @param bytes as received
 * @param subject on which the packet was received
 * @throws PacketError PROTOCOL_SIGNATURE_MISSING for a packet without the profile, PROTOCOL_SIGNATURE_INVALID
 */
export function verifyProduction(
  packet: BusPacket,
  bytes: Uint8Array,
  key: KeyObject,
  { subject, now }: { readonly subject: string; readonly now: Date },
): void {
  const metadata = packet.signatureMetadata;
  if (!metadata) {
    throw new PacketError('PROTOCOL_SIGNATURE_MISSING', 'The packet has no signature of the production profile.');
  }
  const { profileVersion, algorithm, messageId, audience, expiresAt } = metadata;
  if (profileVersion !== PROFILE || algorithm !== ALGORITHM) throw invalid('is of another profile');
  if (messageId.length !== MESSAGE_ID_BYTES) throw invalid(`has no message id of ${MESSAGE_ID_BYTES} bytes`);
  if (audience !== subject) throw invalid('was made for another subject');
  if (!expiresAt || timestampMs(expiresAt) <= now.getTime()) throw invalid('has expired');
  if (!verifyWithPrefix(PRODUCTION_PREFIX, bytes, key, 'sent')) throw invalid('does not fit the packet');
}

function invalid(is: string): PacketError {
  return new PacketError('PROTOCOL_SIGNATURE_INVALID', `The signature ${is}.`);
}

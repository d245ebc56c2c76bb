import type { KeyObject } from 'node:crypto';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { BusPacket } from './generated/cordum/agent/v1/packet_pb.js';
import type { WorkerHandshakeChallenge } from './generated/cordum/agent/v1/worker_pb.js';
import { PacketError } from './packet-error.ts';
import { verifyWithPrefix } from './signatures.ts';

/** Each message of the handshake is signed with a separate prefix, so that none can be passed off as another. */
const DOMAINS = {
  workerHandshakeChallengeRequest: 'CAP-WORKER-HANDSHAKE-CHALLENGE-REQUEST-V1',
  workerHandshakeChallenge: 'CAP-WORKER-HANDSHAKE-CHALLENGE-V1',
  workerHandshakeAuthenticate: 'CAP-WORKER-HANDSHAKE-AUTHENTICATE-V1',
  workerHandshakeResult: 'CAP-WORKER-HANDSHAKE-RESULT-V1',
} as const;

type HandshakeMessage = keyof typeof DOMAINS;

const AUDIENCE = 'cordum-scheduler';
const MAX_BYTES = 64 * 2 ** 10;
const NONCE_BYTES = 32;
/** Between the issue of a challenge and its expiry. */
const MAX_LIFETIME_MS = 60_000;

/** What is signed before a packet with that message. */
export function handshakePrefix(message: HandshakeMessage): Uint8Array {
  return Buffer.from(`${DOMAINS[message]}\0`);
}

/**
 * Verifies a packet of the handshake in which workers prove who they are.
 * @param bytes as received
 * @throws PacketError PROTOCOL_UNKNOWN_PAYLOAD for another packet, PROTOCOL_MALFORMED_PACKET, PROTOCOL_SIGNATURE_INVALID
 */
export function verifyHandshake(packet: BusPacket, bytes: Uint8Array, key: KeyObject, now: Date): void {
  const { payload } = packet;
  if (!isHandshake(payload)) {
    throw new PacketError('PROTOCOL_UNKNOWN_PAYLOAD', 'The packet is not a part of the handshake of workers.');
  }
  if (bytes.length > MAX_BYTES) throw malformed(`has more than ${MAX_BYTES} bytes`);
  if (hasUnknownFields(packet)) throw malformed('has fields that are not known');
  if (payload.case === 'workerHandshakeChallengeRequest') checkNonce(payload.value.clientNonce);
  else checkChallenge(payload.case === 'workerHandshakeChallenge' ? payload.value : payload.value.challenge, now);
  if (!verifyWithPrefix(handshakePrefix(payload.case), bytes, key, 'number')) {
    throw new PacketError('PROTOCOL_SIGNATURE_INVALID', 'The signature does not fit the packet.');
  }
}

function isHandshake(
  payload: BusPacket['payload'],
): payload is Extract<BusPacket['payload'], { readonly case: HandshakeMessage }> {
  return payload.case !== undefined && payload.case in DOMAINS;
}

function checkChallenge(challenge: WorkerHandshakeChallenge | undefined, now: Date): void {
  if (!challenge) throw malformed('has no challenge');
  const { audience, clientNonce, serverNonce, issuedAt, expiresAt } = challenge;
  if (audience !== AUDIENCE) throw malformed(`has not the audience ${AUDIENCE}`);
  checkNonce(clientNonce);
  checkNonce(serverNonce);
  if (!issuedAt || !expiresAt) throw malformed('does not say how long it is valid');
  const lifetime = timestampMs(expiresAt) - timestampMs(issuedAt);
  if (lifetime <= 0 || lifetime > MAX_LIFETIME_MS) throw malformed(`is not valid for 1 to ${MAX_LIFETIME_MS} ms`);
  if (timestampMs(expiresAt) <= now.getTime()) throw malformed('has expired');
}

function checkNonce(nonce: Uint8Array): void {
  if (nonce.length !== NONCE_BYTES) throw malformed(`has no nonce of ${NONCE_BYTES} bytes`);
}

/** In the packet or any message in it. */
function hasUnknownFields(message: object): boolean {
  return Object.entries(message).some(([name, value]) =>
    name === '$unknown' ? value !== undefined && value.length > 0 : isObject(value) && hasUnknownFields(value),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function malformed(is: string): PacketError {
  return new PacketError('PROTOCOL_MALFORMED_PACKET', `The handshake ${is}.`);
}

import type { KeyObject } from 'node:crypto';
import { clone, create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { checkBounds, MAX_PACKET_BYTES } from './bounds.ts';
import { canonicalize } from './canonicalize.ts';
import { checkPayload } from './check-payload.ts';
import { type BusPacket, BusPacketSchema, type SignatureMetadata } from './generated/cordum/agent/v1/packet_pb.js';
import { PacketError } from './packet-error.ts';
import { signPacket } from './signatures.ts';

const PROTOCOL_VERSION = 1;

/** What a packet carries: one of the messages of the protocol, by its name. */
export type Payload = Exclude<MessageInitShape<typeof BusPacketSchema>['payload'], undefined | { case: undefined }>;

export interface PacketOptions {
  /** Correlates packets: the trace of the run. */
  readonly traceId: string;
  /** Who sends it: the id by which peers find the key. */
  readonly senderId: string;
  readonly createdAt: Date;
  readonly authToken?: string;
  /** Of the production profile; see `productionMetadata`. */
  readonly signatureMetadata?: SignatureMetadata;
}

/** How a packet is signed. */
export interface Signer {
  readonly key: KeyObject;
  /** Signed before the packet. Default: nothing. */
  readonly prefix?: Uint8Array;
}

/**
 * Reads a packet that a peer sent. Fields that this version does not know are kept. The signature is not verified here.
 * @throws PacketError
 */
export function readPacket(bytes: Uint8Array): BusPacket {
  if (bytes.length > MAX_PACKET_BYTES) {
    const message = `The packet has ${bytes.length} bytes, and may have ${MAX_PACKET_BYTES}: send payloads by a pointer.`;
    throw new PacketError('PROTOCOL_MALFORMED_PACKET', message);
  }
  let packet: BusPacket;
  try {
    packet = fromBinary(BusPacketSchema, bytes);
  } catch (error) {
    throw new PacketError('PROTOCOL_MALFORMED_PACKET', 'The packet is not a BusPacket.', { cause: error });
  }
  if (packet.protocolVersion !== PROTOCOL_VERSION) {
    const message = `The packet is of protocol version ${packet.protocolVersion}, and must be of version ${PROTOCOL_VERSION}.`;
    throw new PacketError('PROTOCOL_VERSION_MISMATCH', message);
  }
  checkBounds(BusPacketSchema, packet);
  checkPayload(packet);
  return packet;
}

/**
 * A packet as peers of every version verify it: fields in the order of their numbers, the keys of maps sorted, nothing
 * that is empty.
 * @throws PacketError for what `readPacket` would refuse, and for keys of maps that some peers reorder
 */
export function writePacket(payload: Payload, options: PacketOptions, signer?: Signer): Uint8Array {
  const { traceId, senderId, createdAt, authToken = '', signatureMetadata } = options;
  const packet = create(BusPacketSchema, {
    traceId,
    senderId,
    createdAt: timestampFromDate(createdAt),
    protocolVersion: PROTOCOL_VERSION,
    payload,
    authToken,
    ...(signatureMetadata && { signatureMetadata }),
  });
  checkBounds(BusPacketSchema, packet);
  checkPayload(packet);
  const bytes = encode(packet);
  const signed = signer ? signPacket(bytes, signer.key, signer.prefix) : bytes;
  if (signed.length > MAX_PACKET_BYTES) {
    throw new PacketError('PROTOCOL_MALFORMED_PACKET', `The packet would have more than ${MAX_PACKET_BYTES} bytes.`);
  }
  return signed;
}

function encode(packet: BusPacket): Uint8Array {
  const canonical = clone(BusPacketSchema, packet);
  canonicalize(BusPacketSchema, canonical);
  return toBinary(BusPacketSchema, canonical, { writeUnknownFields: false });
}

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { resolve } from 'node:path';
import protobuf from 'protobufjs';

const PROTO = resolve(import.meta.dirname, '../../../src/cap/proto');

/**
 * The protocol as another protobuf library reads and writes it: the one that SDKs for Node use. They sign a packet whose
 * signature field is present and empty, and write fields that have their default value.
 */
const root = new protobuf.Root();
root.resolvePath = (_, target) => (target.startsWith('google/') ? target : resolve(PROTO, target));
root.loadSync('cordum/agent/v1/packet.proto', { keepCase: true });
const Packet = root.lookupType('cordum.agent.v1.BusPacket');

export type LegacyPacket = Readonly<Record<string, unknown>>;

export function encodeLegacy(packet: LegacyPacket): Uint8Array {
  return Packet.encode(Packet.fromObject(packet)).finish();
}

export function decodeLegacy(bytes: Uint8Array): LegacyPacket {
  return Packet.toObject(Packet.decode(bytes), { longs: String, enums: String, bytes: Buffer });
}

export function signLegacy(packet: LegacyPacket, key: KeyObject): Uint8Array {
  const signature = sign('sha256', encodeLegacy({ ...packet, signature: Buffer.alloc(0) }), key);
  return encodeLegacy({ ...packet, signature });
}

/** As SDKs for Go sign a packet: over its bytes, before the signature is appended. */
export function signAsSent(packet: LegacyPacket, key: KeyObject): Uint8Array {
  const bytes = encodeLegacy(packet);
  const signature = sign('sha256', bytes, key);
  return Buffer.concat([bytes, Buffer.from([0x72, signature.length]), signature]);
}

/** The public key of a peer, as the file of peers has it. */
export const pemOf = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString();

export const newKeyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

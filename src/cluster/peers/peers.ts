import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { BusPacket } from '../../cap/generated/cordum/agent/v1/packet_pb.js';
import { type Payload, readPacket, writePacket } from '../../cap/packet.ts';
import { PacketError } from '../../cap/packet-error.ts';
import { verifyPacket } from '../../cap/signatures.ts';
import type { Config } from '../../config/config.ts';
import type { PeerSettings } from '../../config/read-peers.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { WorkerRestriction, WorkerRestrictions } from '../../core/runtime.ts';
import type { Logger } from '../../core/telemetry.ts';
import { watchPeersFile } from './peers-file.ts';

/** Who sent a packet. */
export interface Peer extends Omit<PeerSettings, 'key' | 'keyId'> {
  /** Its packets are signed with its key. Otherwise anybody on the bus may have sent them. */
  readonly isVerified: boolean;
}

export interface OpenedPacket {
  readonly packet: BusPacket;
  readonly peer: Peer;
}

/** Those who send packets on the bus. */
export interface Peers {
  /** Of this server, on all nodes. */
  readonly senderId: string;
  /**
   * Reads a packet and verifies who sent it. A sender with a key must sign, and the key must not be revoked.
   * @throws PacketError PROTOCOL_SIGNATURE_MISSING, PROTOCOL_SIGNATURE_INVALID, and those of `readPacket`
   */
  open(bytes: Uint8Array): OpenedPacket;
  /** A packet of this server, signed if it has a key. @throws PacketError for what `open` would refuse */
  write(payload: Payload, options: { readonly traceId: string }): Uint8Array;
  /**
   * Refuses all packets of the sender from now on, on every node, until the file has another key for it; and all that are
   * signed with its key of today.
   * @param by user name of who decided
   * @throws Fault NOT_FOUND for a sender whose packets would be refused anyway
   */
  revoke(senderId: string, by: string): Promise<WorkerRestriction>;
  /** Stops watching the file. */
  close(): void;
}

interface PeersDeps {
  readonly settings: Config['peers'];
  readonly restrictions: Pick<WorkerRestrictions, 'isRevoked' | 'add'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @throws Error when the file of peers is not valid */
export function openPeers({ settings, restrictions, clock, logger }: PeersDeps): Peers {
  const { senderId: ownId, allowUnsigned, unsignedAccount, emptySignature } = settings;
  const ownKey = settings.key && createPrivateKey(Buffer.from(settings.key.reveal()));
  const own = ownKey && { senderId: ownId, key: createPublicKey(ownKey), keyId: '', isWorker: false };
  const listed = settings.file === undefined ? undefined : watchPeersFile(settings.file, settings, logger);
  if (allowUnsigned) {
    const message = 'CAP_UNSIGNED: anybody on the message bus can send packets as every sender without a key.';
    logger.warn('peers.unsigned_accepted', { message, account: unsignedAccount });
  }

  const find = (senderId: string): PeerSettings | undefined => {
    if (own && senderId === ownId) return own;
    const peer = listed?.find(senderId);
    if (peer || !allowUnsigned) return peer;
    return { senderId, keyId: '', isWorker: true, ...(unsignedAccount !== undefined && { account: unsignedAccount }) };
  };

  const isRevoked = ({ senderId, keyId }: PeerSettings) =>
    senderId !== ownId && restrictions.isRevoked(senderId, keyId);

  return {
    senderId: ownId,
    open(bytes) {
      const packet = readPacket(bytes);
      const { senderId } = packet;
      const settings = find(senderId);
      const isSigned = packet.signature.length > 0;
      const by = `The packet of ${JSON.stringify(senderId)}`;
      if (!isSigned && (!settings || settings.key)) throw missing(`${by} is not signed, and must be.`);
      if (!settings) throw invalid(`${by} is signed with a key that is not known. Add it to CAP_PEERS.`);
      const { key, keyId, ...peer } = settings;
      if (isRevoked(settings)) {
        const remedy = key ? 'Write another key to CAP_PEERS.' : 'Write a key to CAP_PEERS.';
        throw invalid(`${by} is refused, because the sender was revoked. ${remedy}`);
      }
      if (key && !verifyPacket(bytes, key, { emptySignature })) {
        throw invalid(`${by} has a signature that does not fit it or the key in CAP_PEERS.`);
      }
      return { packet, peer: { ...peer, isVerified: key !== undefined } };
    },
    write(payload, { traceId }) {
      const signer = ownKey && { key: ownKey };
      return writePacket(payload, { traceId, senderId: ownId, createdAt: clock.now() }, signer);
    },
    async revoke(senderId, by) {
      const settings = find(senderId);
      if (!settings || senderId === ownId) {
        throw new Fault(
          'NOT_FOUND',
          `There is no peer ${senderId}: it is not in CAP_PEERS, so its packets are refused.`,
        );
      }
      const { keyId: key } = settings;
      const revocation = { kind: 'REVOKED', workerId: senderId, key, by, at: clock.now() } as const;
      await restrictions.add(revocation);
      logger.warn('peers.revoked', { senderId, key, by });
      return revocation;
    },
    close: () => listed?.close(),
  };
}

const missing = (message: string) => new PacketError('PROTOCOL_SIGNATURE_MISSING', message);
const invalid = (message: string) => new PacketError('PROTOCOL_SIGNATURE_INVALID', message);

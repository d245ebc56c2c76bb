import { BinaryReader, type WireType } from '@bufbuild/protobuf/wire';
import { PacketError } from './packet-error.ts';

/** One field of a message in its encoded form. */
export interface FieldRecord {
  readonly number: number;
  readonly wireType: WireType;
  /** Its bytes, from its tag to its end. */
  readonly bytes: Uint8Array;
}

/**
 * The fields of an encoded message in the order in which they were sent. Does not look into them.
 * @throws PacketError PROTOCOL_MALFORMED_PACKET
 */
export function splitRecords(message: Uint8Array): readonly FieldRecord[] {
  const reader = new BinaryReader(message);
  const records: FieldRecord[] = [];
  try {
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const [number, wireType] = reader.tag();
      reader.skip(wireType, number);
      records.push({ number, wireType, bytes: message.subarray(start, reader.pos) });
    }
  } catch (error) {
    throw new PacketError('PROTOCOL_MALFORMED_PACKET', 'The packet is not a valid protobuf message.', { cause: error });
  }
  return records;
}

export function joinRecords(records: readonly Pick<FieldRecord, 'bytes'>[]): Uint8Array {
  return Buffer.concat(records.map(({ bytes }) => bytes));
}

import { type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type FieldRecord, joinRecords, splitRecords } from './records.ts';

const SIGNATURE_FIELD = 14;
/** Field 14 with no bytes. */
const EMPTY_SIGNATURE = Uint8Array.of((SIGNATURE_FIELD << 3) | WireType.LengthDelimited, 0);
/** ECDSA signatures are ASN.1 DER, never the two numbers one after the other. */
const ENCODING = { dsaEncoding: 'der' } as const;

export interface VerifyOptions {
  /**
   * Whether to accept what SDKs for Node up to 2.0.16 sign: the packet with an empty signature field.
   * @default false
   */
  readonly emptySignature?: boolean;
}

/**
 * Whether the packet has the signature of the owner of the key. Decided on the bytes as they were sent: encoders differ in
 * the order of fields, so another encoding of the same packet has another signature.
 * @param packet a BusPacket
 * @throws PacketError PROTOCOL_MALFORMED_PACKET
 */
export function verifyPacket(
  packet: Uint8Array,
  key: KeyObject,
  { emptySignature = false }: VerifyOptions = {},
): boolean {
  const records = splitRecords(packet);
  const signature = signatureIn(records);
  if (signature === undefined) return false;
  const forms = signedForms(records, emptySignature);
  return forms.some((form) => verifyBytes('sha256', form, { key, ...ENCODING }, signature));
}

/**
 * Whether the packet has a signature of the owner of the key over a prefix and the packet. The prefix says what was signed,
 * so that the signature is valid for nothing else.
 * @param order in which the fields were signed: as they were sent, or by their numbers
 * @throws PacketError PROTOCOL_MALFORMED_PACKET
 */
export function verifyWithPrefix(
  prefix: Uint8Array,
  packet: Uint8Array,
  key: KeyObject,
  order: 'sent' | 'number',
): boolean {
  const records = splitRecords(packet);
  const signature = signatureIn(records);
  const unsigned = records.filter((record) => !isSignature(record));
  const bytes = Buffer.concat([prefix, joinRecords(order === 'sent' ? unsigned : byNumber(unsigned))]);
  return signature !== undefined && verifyBytes('sha256', bytes, { key, ...ENCODING }, signature);
}

/**
 * Signs a packet without a signature, which has its fields in the order of their numbers.
 * @param prefix is signed before the packet
 */
export function signPacket(packet: Uint8Array, key: KeyObject, prefix: Uint8Array = new Uint8Array()): Uint8Array {
  const records = splitRecords(packet);
  const signature = signBytes('sha256', Buffer.concat([prefix, packet]), { key, ...ENCODING });
  const bytes = Buffer.concat([Buffer.from([EMPTY_SIGNATURE[0] as number, signature.length]), signature]);
  return joinRecords(byNumber([...records, { number: SIGNATURE_FIELD, wireType: WireType.LengthDelimited, bytes }]));
}

/** The bytes that signers sign, most frequent first. */
function signedForms(records: readonly FieldRecord[], emptySignature: boolean): readonly Uint8Array[] {
  const unsigned = records.filter((record) => !isSignature(record));
  const forms = [joinRecords(unsigned), joinRecords(byNumber(unsigned))];
  if (emptySignature) {
    forms.push(joinRecords(records.map((record) => (isSignature(record) ? { bytes: EMPTY_SIGNATURE } : record))));
  }
  return forms;
}

/** Undefined unless there is exactly one. */
function signatureIn(records: readonly FieldRecord[]): Uint8Array | undefined {
  const [signature, ...more] = records.filter(isSignature);
  return signature && more.length === 0 ? contentOf(signature) : undefined;
}

function isSignature({ number }: FieldRecord): boolean {
  return number === SIGNATURE_FIELD;
}

/** Fields with the same number keep their order. */
function byNumber(records: readonly FieldRecord[]): readonly FieldRecord[] {
  return records.toSorted((a, b) => a.number - b.number);
}

/** The bytes of a length-delimited field. */
function contentOf({ bytes, wireType }: FieldRecord): Uint8Array {
  const reader = new BinaryReader(bytes);
  reader.tag();
  return wireType === WireType.LengthDelimited ? reader.bytes() : new Uint8Array();
}

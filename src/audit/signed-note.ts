import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** Signature type of Ed25519 in a signed note. */
const ED25519 = 1;
const KEY_BYTES = 32;
const ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
/** Maximum number of signature lines to check. */
const MAX_SIGNATURES = 16;
/** DER of an Ed25519 public key (RFC 8410) before its 32 bytes. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A key that signs or has signed notes: C2SP signed-note (c2sp.org/signed-note). */
export interface NoteKey {
  readonly name: string;
  /** The first four bytes of sha256(name ‖ 0x0A ‖ 0x01 ‖ public key), in hex. */
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** @param publicKey Ed25519 @throws TypeError for another kind of key, or a name with a space or plus in it */
export function createNoteKey(name: string, publicKey: KeyObject): NoteKey {
  if (!/^[^\s+]+$/u.test(name)) throw new TypeError('the name of a note key has neither spaces nor plus signs');
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new TypeError('a note key is an Ed25519 key');
  const hashed = createHash('sha256').update(`${name}\n`).update(typedKeyBytes(publicKey)).digest();
  return { name, id: hashed.subarray(0, ID_BYTES).toString('hex'), publicKey };
}

/** `NAME+ID+BASE64`, the form in which tools for signed notes take a public key. */
export function printNoteKey({ name, id, publicKey }: NoteKey): string {
  return `${name}+${id}+${typedKeyBytes(publicKey).toString('base64')}`;
}

/** Reads what `printNoteKey` writes. @throws TypeError when it is something else, or its id is not that of the key */
export function parseNoteKey(text: string): NoteKey {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (name === undefined || bytes.length !== 1 + KEY_BYTES || bytes[0] !== ED25519) {
    throw new TypeError('this is not the public key of an Ed25519 note: it has the form NAME+ID+BASE64');
  }
  const der = Buffer.concat([SPKI_PREFIX, bytes.subarray(1)]);
  const key = createNoteKey(name, createPublicKey({ key: der, format: 'der', type: 'spki' }));
  if (key.id !== id) throw new TypeError(`the id of this key is ${key.id}, not ${id}`);
  return key;
}

/** @param text ends in a newline @returns the Ed25519 signature (RFC 8032), 64 bytes */
export function signText(text: string, privateKey: KeyObject): Buffer {
  return sign(null, Buffer.from(text), privateKey);
}

/** The note: its text, an empty line, and the signature's line. */
export function printNote(text: string, key: Pick<NoteKey, 'name' | 'id'>, signature: Uint8Array): string {
  const signed = Buffer.concat([Buffer.from(key.id, 'hex'), signature]).toString('base64');
  return `${text}\n— ${key.name} ${signed}\n`;
}

/** A note whose signature is that of the key. */
export interface OpenedNote {
  /** With its last newline. */
  readonly text: string;
  readonly signature: Buffer;
}

/**
 * The text of a note whose signature by the key is verified; signatures of other keys are ignored, as the specification
 * requires.
 * @throws TypeError when it is not a note, the key has not signed it, or its signature is not valid
 */
export function openNote(note: string, key: NoteKey): OpenedNote {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new TypeError('it is not a signed note');
  const text = note.slice(0, end + 1);
  const lines = note
    .slice(end + 2, -1)
    .split('\n')
    .slice(0, MAX_SIGNATURES);
  let opened: OpenedNote | undefined;
  for (const line of lines) {
    const [, name, encoded] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? [];
    if (name === undefined) throw new TypeError('one of its signature lines is malformed');
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (name !== key.name || bytes.subarray(0, ID_BYTES).toString('hex') !== key.id) continue;
    const signature = bytes.subarray(ID_BYTES);
    if (!isSignature(text, signature, key)) throw new TypeError('its signature is not that of its text');
    opened ??= { text, signature };
  }
  if (opened) return opened;
  throw new TypeError(`it is not signed by the key ${key.name}+${key.id}`);
}

/** Whether the key signed the text. */
export function isSignature(text: string, signature: Uint8Array, { publicKey }: NoteKey): boolean {
  return signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(text), publicKey, signature);
}

function typedKeyBytes(publicKey: KeyObject): Buffer {
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return Buffer.concat([Uint8Array.of(ED25519), der.subarray(der.length - KEY_BYTES)]);
}

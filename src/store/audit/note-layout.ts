import { openCheckpoint } from '../../audit/checkpoint-note.ts';
import type { NoteKey } from '../../audit/signed-note.ts';

/** Longer than every checkpoint note of a key of `readCheckpointKey`. */
export const MAX_NOTE_BYTES = 1_024;

/** The UTF-8 bytes of an em dash and a space, in Latin-1. */
const DASH = '\xe2\x80\x94 ';
const NOTE = /[^\s+]+\n(?:0|[1-9]\d{0,15})\n[A-Za-z0-9+/]{43}=\n\n\xe2\x80\x94 [^\s+]+ [A-Za-z0-9+/]+=*\n/g;
/** The notes in a part of a checkpoint file. */
interface FoundNotes {
  readonly notes: readonly string[];
  /** The offset of the first note, and the offset after the last one. */
  readonly start: number;
  readonly end: number;
  /** Whether the notes follow each other without a gap. */
  readonly isWhole: boolean;
}

/** @param text each byte as one character (Latin-1) */
export function findNotes(text: string): FoundNotes {
  const matches = [...text.matchAll(NOTE)];
  const start = matches[0]?.index ?? 0;
  const bytes = matches.reduce((sum, [note]) => sum + note.length, 0);
  const last = matches.at(-1);
  const end = last ? last.index + last[0].length : 0;
  const notes = matches.map(([note]) => Buffer.from(note, 'latin1').toString('utf8'));
  return { notes, start, end, isWhole: end - start === bytes };
}

/**
 * Whether a crash may have left the text: a note of the key that began, and did not end. In Latin-1.
 * @param size number of leaves of the note before it, which no later one is below
 */
export function isTornNote(text: string, key: NoteKey, size: number): boolean {
  const lines = text.split('\n');
  const layout = noteLines(key, size);
  if (text === '' || lines.length > layout.length) return false;
  const written = lines.length - 1;
  const isBeginning = lines.every((line, i) => {
    const { example, isValid } = layout[i] as NoteLine;
    // A line that was cut is one that some ending completes.
    return isValid(i === written ? line + example.slice(line.length) : line, i === written);
  });
  const isComplete = written === layout.length - 1 && lines[written]?.length === layout[written]?.example.length;
  return isBeginning && (!isComplete || isSigned(text, key));
}

interface NoteLine {
  /** A valid line. */
  readonly example: string;
  isValid(line: string, isCut: boolean): boolean;
}

/** Of a public key and a signature: C2SP signed-note. */
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const ROOT_BYTES = 32;

function noteLines({ name, id }: NoteKey, least: number): readonly NoteLine[] {
  const origin = Buffer.from(name).toString('latin1');
  const unsigned = Buffer.concat([Buffer.from(id, 'hex'), Buffer.alloc(SIGNATURE_BYTES)]);
  const signer = `${DASH}${origin} `;
  const isSignature = (line: string) => {
    const bytes = line.startsWith(signer) && bytesOf(line.slice(signer.length));
    return bytes && bytes.length === unsigned.length && bytes.subarray(0, KEY_ID_BYTES).toString('hex') === id;
  };
  return [
    { example: origin, isValid: (line) => line === origin },
    {
      example: '0',
      isValid: (line, isCut) => /^(?:0|[1-9]\d{0,15})$/.test(line) && (isCut || Number(line) >= least),
    },
    {
      example: Buffer.alloc(ROOT_BYTES).toString('base64'),
      isValid: (line) => bytesOf(line)?.length === ROOT_BYTES,
    },
    { example: '', isValid: (line) => line === '' },
    { example: signer + unsigned.toString('base64'), isValid: (line) => isSignature(line) === true },
  ];
}

/** Undefined unless the text is base64 (RFC 4648) with padding. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function isSigned(text: string, key: NoteKey): boolean {
  try {
    openCheckpoint(`${Buffer.from(text, 'latin1').toString('utf8')}\n`, key);
    return true;
  } catch {
    return false;
  }
}

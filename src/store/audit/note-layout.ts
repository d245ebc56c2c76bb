/** Longer than every checkpoint note of a key of `readCheckpointKey`. */
export const MAX_NOTE_BYTES = 1_024;

/** The UTF-8 bytes of an em dash and a space, in Latin-1. */
const DASH = '\xe2\x80\x94 ';
const NOTE = /[^\s+]+\n(?:0|[1-9]\d{0,15})\n[A-Za-z0-9+/]{43}=\n\n\xe2\x80\x94 [^\s+]+ [A-Za-z0-9+/]+=*\n/g;
/** The five lines of a note; each accepts every beginning of such a line. */
const LINE_BEGINNINGS = [
  /^[^\s+]*$/,
  /^(?:|0|[1-9]\d{0,15})$/,
  /^(?:[A-Za-z0-9+/]{0,43}|[A-Za-z0-9+/]{43}=)$/,
  /^$/,
  /^\xe2\x80\x94 [^\s+]+ [A-Za-z0-9+/]*=*$/,
];

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

/** Whether a crash may have left the text: a note that began, and did not end. In Latin-1. */
export function isTornNote(text: string): boolean {
  const lines = text.split('\n');
  const written = lines.length - 1;
  if (text.length === 0 || text.length >= MAX_NOTE_BYTES || lines.length > LINE_BEGINNINGS.length) return false;
  return lines.every((line, i) => {
    const isDash = i === 4 && (DASH.startsWith(line) || /^\xe2\x80\x94 [^\s+]+$/.test(line));
    // Lines before the last one are complete.
    return isDash || (LINE_BEGINNINGS[i]?.test(line) === true && (i === written || i === 3 || line !== ''));
  });
}

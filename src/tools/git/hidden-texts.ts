import { constants, gunzipSync, inflateSync } from 'node:zlib';

/** A text in which a secret may be, in another form than the bytes of its file. */
export interface HiddenText {
  readonly text: string;
  /** Completes the name of what is found: "in base64". */
  readonly how: string;
  /** The place in the original text that an index of this text belongs to. */
  originOf(index: number): number;
}

/** Of all that is decoded, and unpacked, in one file. */
const MAX_DECODED_BYTES = 32 * 2 ** 20;
const MAX_UNPACKED_BYTES = 16 * 2 ** 20;
/** Each takes about 0.2 ms, however short it is. */
const MAX_UNPACKED = 1_000;
/** Header and end of gzip. */
const MIN_PACKED_BYTES = 18;
const MAX_DEPTH = 3;
/** A shorter text in base64 holds no token. */
const BASE64 = /(?:[A-Za-z0-9+/_-]{20,}(?:\r?\n(?=[A-Za-z0-9+/_-]))?)+/g;
/** A run may begin with text that is not a part of it, such as a path. */
const BASE64_SHIFTS = [0, 1, 2, 3];
const MAX_SHIFTED_CHARS = 4_096;
/** What is between two literals that a program joins, and the ends of a literal in a template. */
const JOINT =
  /(["'`])[ \t]{0,40}(?:[+.]|\|\||\\)?[ \t]{0,40}(?:\r?\n[ \t]{0,200})?(?:[+.]|\|\|)?[ \t]{0,40}[bBfFrRuU]{0,2}["'`]|\$\{[ \t]{0,8}["'`]|["'`][ \t]{0,8}\}/g;

/** The texts that the bytes of a file hold in another form: unpacked, decoded, and with joined literals. */
export function hiddenTexts(bytes: Buffer, text: string): readonly HiddenText[] {
  const found: Found = {
    base64: [],
    packed: [],
    decodable: MAX_DECODED_BYTES,
    unpackable: MAX_UNPACKED_BYTES,
    attempts: 0,
  };
  searchPacked(bytes, found, { depth: 0, at: 0 });
  searchBase64(text, found, { depth: 0 });
  // One text for each form: a file may have a hundred thousand short ones.
  const together = [
    { how: 'in base64', ...assemble(found.base64.flatMap(separated)) },
    { how: 'in compressed data', ...assemble(found.packed.flatMap(separated)) },
    { how: 'in joined literals', ...assemble(literals(text)) },
  ];
  return together.filter((each) => each.text !== '');
}

/** A part of a hidden text, and where it comes from. */
interface Piece {
  readonly text: string;
  readonly from: number;
  /** Its characters follow each other in the original text too. */
  readonly isVerbatim?: true;
}

interface Found {
  readonly base64: Piece[];
  readonly packed: Piece[];
  /** Bytes that may still be decoded and unpacked. */
  decodable: number;
  unpackable: number;
  /** Attempts to unpack something. */
  attempts: number;
}

interface Place {
  readonly depth: number;
  /** In the original text; absent in that text itself. */
  readonly at?: number;
}

function searchBase64(text: string, found: Found, { depth, at }: Place): void {
  if (depth >= MAX_DEPTH) return;
  for (const { 0: run, index } of text.matchAll(BASE64)) {
    const characters = run.replace(/[\r\n]/g, '');
    const from = at ?? index;
    for (const shift of characters.length > MAX_SHIFTED_CHARS ? [0] : BASE64_SHIFTS) {
      const bytes = Buffer.from(characters.slice(shift), 'base64');
      found.decodable -= bytes.length;
      if (found.decodable < 0) return;
      const decoded = bytes.toString('latin1');
      found.base64.push({ text: decoded, from });
      searchPacked(bytes, found, { depth: depth + 1, at: from });
      if (isText(bytes)) searchBase64(decoded, found, { depth: depth + 1, at: from });
    }
  }
}

function searchPacked(bytes: Buffer, found: Found, { depth, at = 0 }: Place): void {
  const content = depth < MAX_DEPTH ? unpack(bytes, found) : undefined;
  if (!content) return;
  const text = content.toString('latin1');
  found.packed.push({ text, from: at });
  searchPacked(content, found, { depth: depth + 1, at });
  searchBase64(text, found, { depth: depth + 1, at });
}

const separated = (piece: Piece): readonly Piece[] => [piece, { text: '\n', from: piece.from }];

function assemble(pieces: readonly Piece[]): Pick<HiddenText, 'text' | 'originOf'> {
  const ends: number[] = [];
  let end = 0;
  for (const { text } of pieces) {
    end += text.length;
    ends.push(end);
  }
  let last = 0;
  return {
    text: pieces.map(({ text }) => text).join(''),
    // Indexes do not decrease within a rule, and begin again with the next.
    originOf(index) {
      if (index < (ends[last - 1] ?? 0)) last = 0;
      while ((ends[last] ?? Infinity) <= index) last += 1;
      const piece = pieces[last];
      return piece ? piece.from + (piece.isVerbatim ? index - (ends[last - 1] ?? 0) : 0) : 0;
    },
  };
}

/** The content of compressed bytes, up to a limit, also when they end too early. */
function unpack(bytes: Buffer, found: Found): Buffer | undefined {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isZlib = bytes[0] === 0x78 && bytes.length > 2 && bytes.readUInt16BE(0) % 31 === 0;
  if (!isGzip && !isZlib) return undefined;
  found.attempts += 1;
  if (found.attempts > MAX_UNPACKED) return undefined;
  const finishFlush = constants.Z_SYNC_FLUSH;
  // What grows beyond the limit is unpacked from fewer bytes.
  for (let length = bytes.length; length >= MIN_PACKED_BYTES && found.unpackable > 0; length = Math.floor(length / 4)) {
    try {
      const options = { finishFlush, maxOutputLength: found.unpackable };
      const content = (isGzip ? gunzipSync : inflateSync)(bytes.subarray(0, length), options);
      found.unpackable -= content.length;
      return content;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return undefined;
    }
  }
  return undefined;
}

/** Whether most bytes are printable, so that base64 in it is no accident. */
function isText(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, 256);
  const printable = sample.filter((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
  return sample.length > 0 && printable.length >= sample.length * 0.9;
}

/** The text with literals that a program joins as one; empty otherwise. */
function literals(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: joint, index } of text.matchAll(JOINT)) {
    pieces.push({ text: text.slice(from, index), from, isVerbatim: true });
    from = index + joint.length;
  }
  return pieces.length === 0 ? [] : [...pieces, { text: text.slice(from), from, isVerbatim: true }];
}

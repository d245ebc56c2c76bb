/** Trigrams of one text at most: a text that has more is not worth an entry for each. */
const MAX_TRIGRAMS = 4_096;

/**
 * The sequences of three characters of a text, in lower case. A text that contains another one, whatever the case, has all
 * of its trigrams.
 * @returns undefined when there are too many
 */
export function trigramsOf(text: string): ReadonlySet<string> | undefined {
  const trigrams = new Set<string>();
  // Each on its own: the lower case of some depends on what follows, or is several.
  const characters = isAscii(text) ? text.toLowerCase() : Array.from(text, (character) => character.toLowerCase());
  for (let at = 2; at < characters.length; at += 1) {
    trigrams.add(`${characters[at - 2]}${characters[at - 1]}${characters[at]}`);
    if (trigrams.size > MAX_TRIGRAMS) return undefined;
  }
  return trigrams;
}

function isAscii(text: string): boolean {
  return !/[^ -~\n]/.test(text);
}

/** Segments have the ids of their runs one after the other. */
export const RUN_ID_LENGTH = 'run_'.length + 32;

/** Characters from here to U+07FF take two bytes of UTF-8, and have no meaning in JSON or SQL. */
const FIRST_CODE = 0x100;
export const MAX_INDEXES = 0x800 - FIRST_CODE;

/** A set of indexes below `MAX_INDEXES` as text: one character each, in ascending order. */
export function encodeIndexes(indexes: readonly number[]): string {
  return String.fromCharCode(...Uint16Array.from(indexes, (index) => index + FIRST_CODE).sort());
}

export function decodeIndexes(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0) - FIRST_CODE);
}

/** The indexes of both sets, encoded too. It costs what the first one has. */
export function commonIndexes(one: string, other: string): string {
  let [common, at] = ['', 0];
  for (const index of one) {
    const found = other.indexOf(index, at);
    if (found === -1) continue;
    common += index;
    at = found + 1;
  }
  return common;
}

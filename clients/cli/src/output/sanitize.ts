import { stripVTControlCharacters } from 'node:util';

/** C0 and C1 control characters, and those that reorder text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of a server or caller, safe to print on a terminal: control sequences are removed, other controls are replaced. Keeps tabs and line feeds. */
export function sanitize(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROLS, '\ufffd');
}

/** JSON of the same value, in which such characters are `\uXXXX`. */
export function escapeControls(json: string): string {
  return json.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

import { type HiddenText, hiddenTexts } from './hidden-texts.ts';
import { SECRET_RULES } from './secret-rules.ts';

/** Position of a secret; never the secret itself. */
export interface SecretMatch {
  /** Line number, from 1. */
  readonly line: number;
  readonly what: string;
}

/** A line with this text may contain what looks like a secret. */
export const ALLOWLIST_COMMENT = 'pragma: allowlist secret';

/** Limit for one file; more would not help. */
const MAX_MATCHES = 20;
/** Values that are placeholders, such as `${PASSWORD}`, `<password>`, `{{ secret }}`, `changeme`. */
const PLACEHOLDER = new RegExp(
  [
    '^(?:[$<]|\\{\\{|%[A-Za-z(]|process\\.env|os\\.environ|env[.:]|secret:|x+$|\\*+$|pass(?:word|wd)?[0-9!]*$)',
    '^(?:your|my|the|change|replace|example|dummy|test|fake)[-_ ]?',
  ].join('|'),
  'i',
);

/**
 * Finds secrets in the bytes of a file, text or not: keys and tokens by their form, and values that are assigned to a name
 * such as `password` and look random; also in base64, in gzip or zlib, and in literals that are joined.
 */
export function findSecrets(bytes: Uint8Array): readonly SecretMatch[] {
  const text = decodeBytes(bytes);
  const matches = new Map<number, SecretMatch>();
  scan(text, { text, how: '', originOf: (index) => index }, matches);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const hidden of hiddenTexts(buffer, text)) scan(text, hidden, matches);
  return [...matches.values()].sort((a, b) => a.line - b.line);
}

/** @param original text of the file, whose lines are reported */
function scan(original: string, { text, how, originOf }: HiddenText, matches: Map<number, SecretMatch>): void {
  for (const { name, pattern, entropy } of SECRET_RULES) {
    let lineAt: ((index: number) => number) | undefined;
    for (const match of text.matchAll(pattern)) {
      if (matches.size >= MAX_MATCHES) break;
      const value = match[1] ?? '';
      if (entropy !== undefined && (PLACEHOLDER.test(value) || bitsPerCharacter(value) < entropy)) continue;
      const origin = originOf(match.index);
      lineAt ??= lineCounter(original);
      const line = lineAt(origin);
      if (!matches.has(line) && !surroundingLine(original, origin).includes(ALLOWLIST_COMMENT))
        matches.set(line, { line, what: how === '' ? name : `${name} ${how}` });
    }
  }
}

/** Decodes UTF-16; otherwise one character for each byte, so that no byte is lost. */
function decodeBytes(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (first === 0xff && second === 0xfe) return buffer.toString('utf16le');
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return buffer.toString('latin1');
}

/** Gives the line number of an index, from 1. Indexes must not decrease, so the text is read only once. */
function lineCounter(text: string): (index: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (index) => {
    for (; next !== -1 && next < index; next = text.indexOf('\n', next + 1)) line += 1;
    return line;
  };
}

/** Limit on both sides, because a binary file may be one line. */
const MAX_CONTEXT_CHARS = 1_024;

function surroundingLine(text: string, index: number): string {
  const before = text.slice(Math.max(0, index - MAX_CONTEXT_CHARS), index);
  const after = text.slice(index, index + MAX_CONTEXT_CHARS);
  return before.slice(before.lastIndexOf('\n') + 1) + (after.split('\n', 1)[0] ?? '');
}

/** Shannon entropy per character: about 2.5 bits for a word, nearly 4 for 16 random letters and digits. */
export function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

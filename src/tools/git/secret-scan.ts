import { SECRET_RULES } from './secret-rules.ts';

/** Where a secret stands. Never the secret itself. */
export interface SecretMatch {
  /** From 1. */
  readonly line: number;
  readonly what: string;
}

/** A line with this text may hold what looks like a secret. */
export const ALLOWLIST_COMMENT = 'pragma: allowlist secret';

/** In one file; more do not help. */
const MAX_MATCHES = 20;
/** Values that stand for another one, such as `${PASSWORD}`, `<password>`, `{{ secret }}`, `changeme`. */
const PLACEHOLDER = new RegExp(
  [
    '^(?:[$<]|\\{\\{|%[A-Za-z(]|process\\.env|os\\.environ|env[.:]|secret:|x+$|\\*+$|pass(?:word|wd)?[0-9!]*$)',
    '^(?:your|my|the|change|replace|example|dummy|test|fake)[-_ ]?',
  ].join('|'),
  'i',
);

/**
 * The secrets in the bytes of a file, text or not: keys and tokens by their forms, and values that are assigned to a name
 * such as `password` and look like chance.
 */
export function findSecrets(bytes: Uint8Array): readonly SecretMatch[] {
  const text = decodeBytes(bytes);
  const found = new Map<number, SecretMatch>();
  for (const { name, pattern, entropy } of SECRET_RULES) {
    const lineAt = lineCounter(text);
    for (const match of text.matchAll(pattern)) {
      if (found.size >= MAX_MATCHES) break;
      const value = match[1] ?? '';
      if (entropy !== undefined && (PLACEHOLDER.test(value) || bitsPerCharacter(value) < entropy)) continue;
      const line = lineAt(match.index);
      if (!found.has(line) && !surroundingLine(text, match.index).includes(ALLOWLIST_COMMENT))
        found.set(line, { line, what: name });
    }
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

/** One character for each byte, so that no byte is lost; text in UTF-16 is decoded. */
function decodeBytes(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (first === 0xff && second === 0xfe) return buffer.toString('utf16le');
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return buffer.toString('latin1');
}

/** The line of an index, from 1; the indexes must not go down, so that the text is gone through once. */
function lineCounter(text: string): (index: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (index) => {
    for (; next !== -1 && next < index; next = text.indexOf('\n', next + 1)) line += 1;
    return line;
  };
}

/** No more of it than is worth looking at: a binary file may be one line. */
const MAX_CONTEXT_CHARS = 1_024;

function surroundingLine(text: string, index: number): string {
  const before = text.slice(Math.max(0, index - MAX_CONTEXT_CHARS), index);
  const after = text.slice(index, index + MAX_CONTEXT_CHARS);
  return before.slice(before.lastIndexOf('\n') + 1) + (after.split('\n', 1)[0] ?? '');
}

/** Shannon entropy of the characters: a word has about 2.5 bits, 16 random letters and digits have nearly 4. */
export function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

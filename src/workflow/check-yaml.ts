import { type Document, isAlias, isMap, isPair, isScalar, isSeq, Lexer } from 'yaml';
import { losesDigits, lossyNumberMessage } from '../lib/lossy-numbers.ts';

/** What the parser handles in reasonable time. A document of 1,000 long steps has half as many. */
const MAX_TOKENS = 200_000;
const MAX_ALIASES = 100;

/** Why a text must not be parsed: the parser's time grows with the tokens, and it cannot be interrupted. */
export function tokenCountProblem(text: string): string | undefined {
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MAX_TOKENS)
      return `The document has more than ${MAX_TOKENS} tokens. Move the data into resources and refer to them by URI.`;
  }
  return undefined;
}

/** What makes a parsed document invalid, and its offset in the text. */
interface YamlProblem {
  readonly message: string;
  readonly offset: number;
}

/**
 * Finds duplicate keys (YAML 1.2.2 §3.2.1.3), too many aliases, and numbers that lose digits. The parser could report these too, in time that grows
 * with the square of their number.
 */
export function checkYaml(document: Document): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  let aliases = 0;
  const pending: unknown[] = [document.contents];
  while (pending.length > 0) {
    const node = pending.pop();
    if (isAlias(node)) {
      aliases += 1;
      if (aliases > MAX_ALIASES)
        return [
          {
            message: `This YAML has more than ${MAX_ALIASES} aliases (*name). Replace them with the values that they stand for.`,
            offset: node.range?.[0] ?? 0,
          },
        ];
    } else if (isScalar(node)) {
      const { source = '', value } = node;
      if (typeof value === 'number' && isLossy(source)) {
        problems.push({ message: lossyNumberMessage(source), offset: node.range?.[0] ?? 0 });
      }
    } else if (isSeq(node)) {
      for (const item of node.items) pending.push(item);
    } else if (isMap(node)) {
      const keys = new Set<string>();
      for (const pair of node.items) {
        if (!isPair(pair)) continue;
        const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
        if (key !== undefined && keys.has(key)) {
          const offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
          problems.push({
            message: `Duplicate key ${JSON.stringify(key.slice(0, 64))}. Remove one of the two entries.`,
            offset,
          });
        }
        if (key !== undefined) keys.add(key);
        pending.push(pair.key, pair.value);
      }
    }
  }
  return problems;
}

/** A number of YAML is one of JSON, or hexadecimal or octal, or not finite (YAML 1.2.2 §10.3.2), which is another problem. */
function isLossy(source: string): boolean {
  if (/^[-+]?\.(?:inf|nan)$/i.test(source)) return false;
  return /^0[xo]/.test(source) ? !Number.isSafeInteger(Number(source)) : losesDigits(source);
}

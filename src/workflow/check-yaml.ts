import { type Document, isAlias, isMap, isPair, isScalar, isSeq, Lexer } from 'yaml';

/** What the parser takes apart in reasonable time. A document of a thousand long steps has half as many. */
const MAX_TOKENS = 200_000;
const MAX_ALIASES = 100;

/** Why a text is not worth parsing: the parser's time grows with the tokens, and it cannot be stopped on the way. */
export function tokenCountProblem(text: string): string | undefined {
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MAX_TOKENS)
      return `The document has more than ${MAX_TOKENS} tokens. Put the data into resources and name their URIs.`;
  }
  return undefined;
}

/** Something about a parsed document that makes it none, and where in the text it is. */
export interface YamlProblem {
  readonly message: string;
  readonly offset: number;
}

/**
 * Keys that stand twice (YAML 1.2.2 §3.2.1.3), and more aliases than anybody writes. The parser could tell these too,
 * in time that grows with the square of their number.
 */
export function checkYaml(document: Document): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  let aliases = 0;
  const waiting: unknown[] = [document.contents];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isAlias(node)) {
      aliases += 1;
      if (aliases > MAX_ALIASES)
        return [
          {
            message: 'This YAML uses aliases (*name) too often. Write out what they stand for.',
            offset: node.range?.[0] ?? 0,
          },
        ];
    } else if (isSeq(node)) {
      for (const item of node.items) waiting.push(item);
    } else if (isMap(node)) {
      const keys = new Set<string>();
      for (const pair of node.items) {
        if (!isPair(pair)) continue;
        const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
        if (key !== undefined && keys.has(key)) {
          const offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
          problems.push({
            message: `The key ${JSON.stringify(key.slice(0, 64))} stands twice. Take one of them out.`,
            offset,
          });
        }
        if (key !== undefined) keys.add(key);
        waiting.push(pair.key, pair.value);
      }
    }
  }
  return problems;
}

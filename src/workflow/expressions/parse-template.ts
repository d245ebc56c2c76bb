import { LRUCache } from 'lru-cache';
import { isQuick } from './filters.ts';
import { type PlainPath, plainPath } from './plain-path.ts';
import { type Mentions, mentionsIn } from './references.ts';
import { type Expression, splitText } from './template.ts';

/** An expression with all that is known of it before it is worked out. */
export interface Parsed {
  readonly source: string;
  readonly mentions: Mentions;
  /** Where it is nothing but a path. */
  readonly path: PlainPath | undefined;
  /** Safe to be worked out where it would hold up others. */
  readonly quick: boolean;
}

/** In characters of all texts together. */
const CACHE_SIZE = 2_000_000;
const known = new LRUCache<string, readonly (string | Parsed)[]>({
  max: 5_000,
  maxSize: CACHE_SIZE,
  sizeCalculation: (_, text) => text.length + 1,
});

/**
 * The parts of a text, its expressions parsed.
 * @throws ExpressionSyntax
 */
export function parseText(text: string): readonly (string | Parsed)[] {
  const found = known.get(text);
  if (found) return found;
  const parts = splitText(text).map((part) => (typeof part === 'string' ? part : parseExpression(part)));
  known.set(text, parts);
  return parts;
}

export function parseExpression(expression: Expression): Parsed {
  const { source, tokens } = expression;
  return { source, mentions: mentionsIn(expression), path: plainPath(tokens), quick: isQuick(tokens) };
}

import { LRUCache } from 'lru-cache';
import { isLinearTime } from './filters.ts';
import { type PlainPath, plainPath } from './plain-path.ts';
import { type References, referencesOf } from './references.ts';
import { type Expression, splitTemplate } from './template.ts';

/** An expression with all that is known before it is evaluated. */
export interface ParsedExpression {
  readonly source: string;
  readonly references: References;
  /** Set when it is nothing but a path. */
  readonly path: PlainPath | undefined;
  /** Safe to evaluate on the main thread. */
  readonly linearTime: boolean;
}

const MAX_CACHE_CHARS = 2_000_000;
const cache = new LRUCache<string, readonly (string | ParsedExpression)[]>({
  max: 5_000,
  maxSize: MAX_CACHE_CHARS,
  sizeCalculation: (_, text) => text.length + 1,
});

/**
 * The parts of a text, its expressions parsed.
 * @throws ExpressionSyntaxError
 */
export function parseTemplate(text: string): readonly (string | ParsedExpression)[] {
  const cached = cache.get(text);
  if (cached) return cached;
  const parts = splitTemplate(text).map((part) => (typeof part === 'string' ? part : parseExpression(part)));
  cache.set(text, parts);
  return parts;
}

export function parseExpression(expression: Expression): ParsedExpression {
  const { source, tokens } = expression;
  return { source, references: referencesOf(expression), path: plainPath(tokens), linearTime: isLinearTime(tokens) };
}

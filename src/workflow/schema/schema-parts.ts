import type { JsonObject } from '../../lib/json.ts';

/** What names of documents and steps look like. */
export const IDENTIFIER_PATTERN = '^[A-Za-z][A-Za-z0-9_-]{0,63}$';
/** A string with an expression in it. */
const EXPRESSION_PATTERN = '\\{\\{[\\s\\S]*\\}\\}';

export const textSchema = (description: string, maxLength = 4_096): JsonObject => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});

export const integerSchema = (description: string, minimum: number, maximum: number): JsonObject => ({
  type: 'integer',
  minimum,
  maximum,
  description,
});

export const booleanSchema = (description: string): JsonObject => ({ type: 'boolean', description });

/** A whole number, or the expression that gives it. */
export const integerOrExpression = (description: string, minimum: number, maximum: number): JsonObject => ({
  type: ['integer', 'string'],
  minimum,
  maximum,
  pattern: EXPRESSION_PATTERN,
  description,
});

/** A list of texts, or the expression that gives it. */
export const textsOrExpression = (description: string): JsonObject => ({
  type: ['array', 'string'],
  items: { type: 'string', minLength: 1 },
  pattern: EXPRESSION_PATTERN,
  description,
});

/** The input of a step: an object, or the expression that gives it. Without properties any will do here. */
export const stepInputSchema = (
  description: string,
  properties?: JsonObject,
  required: readonly string[] = [],
): JsonObject => ({
  type: ['object', 'string'],
  pattern: EXPRESSION_PATTERN,
  description,
  ...(properties && { additionalProperties: false, required, properties }),
});

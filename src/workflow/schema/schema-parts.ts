import type { JsonObject } from '../../lib/json.ts';

/** Names of documents and steps. */
export const IDENTIFIER_PATTERN = '^[A-Za-z][A-Za-z0-9_-]{0,63}$';
/** A string that contains an expression. */
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

/** An integer, or an expression that evaluates to one. */
export const integerOrExpression = (description: string, minimum: number, maximum: number): JsonObject => ({
  type: ['integer', 'string'],
  minimum,
  maximum,
  pattern: EXPRESSION_PATTERN,
  description,
});

/** A list of strings, or an expression that evaluates to one. */
export const textsOrExpression = (description: string): JsonObject => ({
  type: ['array', 'string'],
  items: { type: 'string', minLength: 1 },
  pattern: EXPRESSION_PATTERN,
  description,
});

/** The input of a step: an object, or an expression that evaluates to one. Without `properties` any object is valid. */
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

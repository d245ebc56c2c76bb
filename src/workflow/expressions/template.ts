import { isJsonObject, type Json } from '../../lib/json.ts';
import { ExpressionSyntaxError, lexExpression, type Token } from './lex-expression.ts';

/** An expression of a text, without its braces. */
export interface Expression {
  readonly source: string;
  readonly tokens: readonly Token[];
}

/** Literal text, or an expression. */
type TemplatePart = string | Expression;

/** A longer expression is a program, which belongs in a transform or a command. */
const MAX_EXPRESSION_CHARS = 4_096;

/**
 * The parts of a string; one without `{{` is one part. `{{ "{{" }}` writes the braces themselves.
 * @throws ExpressionSyntaxError
 */
export function splitTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open < 0) break;
    if (open > at) parts.push(text.slice(at, open));
    const { tokens, end } = lexExpression(text, open + 2, true);
    if (text[open + 2] === '-') throw new ExpressionSyntaxError('{{- does not trim here; put a space between {{ and -');
    parts.push(requireLength({ source: text.slice(open + 2, end).trim(), tokens }));
    at = end + 2;
  }
  if (at < text.length || parts.length === 0) parts.push(text.slice(at));
  return parts;
}

/**
 * What `when` and `for_each` hold: an expression, bare or in braces.
 * @throws ExpressionSyntaxError
 */
export function parseBareExpression(text: string): Expression {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{{')) return requireLength({ source: trimmed, tokens: lexExpression(trimmed).tokens });
  const [part, ...more] = splitTemplate(trimmed);
  if (more.length > 0 || typeof part !== 'object')
    throw new ExpressionSyntaxError('it must be one expression and nothing else');
  return part;
}

/** True when a string in the tree holds `{{`. */
export function containsExpression(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(containsExpression);
}

/** The text as a template that evaluates to it. */
export function escapeTemplate(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

/** The same for every string of a value. */
export function escapeTemplates(value: Json): Json {
  if (typeof value === 'string') return escapeTemplate(value);
  if (Array.isArray(value)) return value.map(escapeTemplates);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, escapeTemplates(one)]));
}

function requireLength(expression: Expression): Expression {
  if (expression.source.length > MAX_EXPRESSION_CHARS) {
    throw new ExpressionSyntaxError(`it is longer than ${MAX_EXPRESSION_CHARS} characters`);
  }
  return expression;
}

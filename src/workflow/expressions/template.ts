import { isJsonObject, type Json } from '../../core/json.ts';
import { ExpressionSyntax, lexExpression, type Token } from './lex-expression.ts';

/** An expression as it stands in a text, without its braces. */
export interface Expression {
  readonly source: string;
  readonly tokens: readonly Token[];
}

/** A text taken apart: what stands there, and what is worked out. */
export type Part = string | Expression;

/** Longer ones are programs; those belong into a transform or a command. */
export const MAX_EXPRESSION = 4_096;

/**
 * The parts of a string; one without `{{` is one part. `{{ "{{" }}` writes the braces themselves.
 * @throws ExpressionSyntax
 */
export function splitText(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open < 0) break;
    if (open > at) parts.push(text.slice(at, open));
    const { tokens, end } = lexExpression(text, open + 2, true);
    if (text[open + 2] === '-') throw new ExpressionSyntax('{{- does not trim here; put a space between {{ and -');
    parts.push(checked({ source: text.slice(open + 2, end).trim(), tokens }));
    at = end + 2;
  }
  if (at < text.length || parts.length === 0) parts.push(text.slice(at));
  return parts;
}

/**
 * What `when` and `for_each` hold: an expression, bare or in braces.
 * @throws ExpressionSyntax
 */
export function bareExpression(text: string): Expression {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{{')) return checked({ source: trimmed, tokens: lexExpression(trimmed).tokens });
  const [part, ...more] = splitText(trimmed);
  if (more.length > 0 || typeof part !== 'object')
    throw new ExpressionSyntax('it must be one expression and nothing else');
  return part;
}

/** True when a string in the tree holds `{{`. */
export function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsExpression);
}

/** The text as one that evaluates to itself. */
export function literally(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

/** The same for every string of a value. */
export function literallyAll(value: Json): Json {
  if (typeof value === 'string') return literally(value);
  if (Array.isArray(value)) return value.map(literallyAll);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, literallyAll(one)]));
}

function checked(expression: Expression): Expression {
  if (expression.source.length > MAX_EXPRESSION) {
    throw new ExpressionSyntax(`it is longer than ${MAX_EXPRESSION} characters`);
  }
  return expression;
}

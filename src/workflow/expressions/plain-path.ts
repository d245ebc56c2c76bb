import { hasBigInts } from '../../core/parse-json.ts';
import type { Json } from '../../lib/json.ts';
import type { Token } from './lex-expression.ts';
import { RESERVED_WORDS } from './references.ts';

/** A name and the members and indexes that follow it, as in `steps.rows.output[0]["a name"]`. */
export type PlainPath = readonly [string, ...(string | number)[]];

/** The path, when the expression is nothing but one. */
export function plainPath(tokens: readonly Token[]): PlainPath | undefined {
  const [head] = tokens;
  if (head?.type !== 'name' || RESERVED_WORDS.has(head.text)) return undefined;
  const path: [string, ...(string | number)[]] = [head.text];
  for (let i = 1; i < tokens.length; ) {
    const [sign, member, end] = [tokens[i], tokens[i + 1], tokens[i + 2]];
    if (member === undefined || sign?.type !== 'sign') return undefined;
    if (sign.text === '.' && member.type === 'name') {
      path.push(member.text);
      i += 2;
    } else if (sign.text === '[' && end?.type === 'sign' && end.text === ']' && isSubscript(member)) {
      path.push(member.type === 'string' ? member.text : Number(member.text));
      i += 3;
    } else {
      return undefined;
    }
  }
  return path;
}

function isSubscript({ type, text }: Token): boolean {
  return type === 'string' || (type === 'number' && /^(0|[1-9][0-9]{0,8})$/.test(text));
}

/** The value at the path; undefined where only the engine can decide. Inherited members are never read. */
export function valueAtPath(variables: Readonly<Record<string, unknown>>, path: PlainPath): Json | undefined {
  let value: unknown = variables;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value) !== (typeof step === 'number') || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return hasBigInts(value) ? undefined : (value as Json | undefined);
}

import { parseJson } from '../../../core/parse-json.ts';
import { closingQuote, type Json } from '../../../lib/json.ts';

/**
 * Parsed JSON whose numbers keep their digits and whose keys keep their order, which JavaScript's values do not: 2^53 + 1
 * becomes 2^53, `1e999` Infinity, and keys such as `2031` come first. Read it by the functions below.
 *
 * Inside it is what JSON.parse returns; keys and numbers that JavaScript would alter are strings with a mark.
 */
export type ExactJson = { readonly [OPAQUE]: 'value' };
export type ExactObject = { readonly [OPAQUE]: 'object' };
declare const OPAQUE: unique symbol;

/** A value that is neither a list nor an object: a string, or what stands in the JSON text for anything else. */
export interface Scalar {
  readonly type: 'string' | 'number' | 'boolean' | 'null';
  readonly text: string;
}

/** Precedes the digits of a number, keys of digits only, and every string that begins with it. */
const MARK = '\0';

/** Finds every key and number that needs a mark, and some that do not. It is a fraction of the time of a parse. */
const MAY_NEED_MARK = /"\\u0000|"(?:\d|\\u003\d)+"\s*:|\d[\d.]{15}|\d[eE][-+\d]|\.\d*0(?!\d)|\.0{6}|-0(?![.\d])/;
/** Keys that an object of JavaScript puts first; and as they may be written in JSON. */
const DIGITS = /^\d+$/;
const WRITTEN_DIGITS = /^(?:\d|\\u003\d)+$/;
/** The beginning of a string, or a number of valid JSON. A pattern of a whole string would overflow the stack. */
const TOKEN = /"|-?\d[\d.eE+-]*/g;
const COLON = /\s*:/y;

/** @throws Fault as `parseJson` */
export function parseExactJson(text: string): ExactJson {
  // In any case, so that what is not JSON is refused before it is marked.
  const value = parseJson(text);
  if (!MAY_NEED_MARK.test(text)) return value as unknown as ExactJson;
  const marked = replaceTokens(text, (token, isKey) => {
    if (token[0] !== '"') return String(Number(token)) === token ? token : `"\\u0000${token}"`;
    const isMarked = token.startsWith('\\u0000', 1) || (isKey && WRITTEN_DIGITS.test(token.slice(1, -1)));
    return isMarked ? `"\\u0000${token.slice(1)}` : token;
  });
  return JSON.parse(marked) as ExactJson;
}

export function asList(value: ExactJson): readonly ExactJson[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function asObject(value: ExactJson): ExactObject | undefined {
  return isObject(value) ? (value as unknown as ExactObject) : undefined;
}

/** In the order of the text. */
export function keysOf(object: ExactObject): readonly string[] {
  return Object.keys(object).map(unmarked);
}

export function memberOf(object: ExactObject, key: string): ExactJson | undefined {
  const stored = needsMark(key) ? MARK + key : key;
  return Object.hasOwn(object, stored) ? (object as unknown as Record<string, ExactJson>)[stored] : undefined;
}

/** @param value neither a list nor an object */
export function scalarOf(value: ExactJson): Scalar {
  const scalar = value as unknown as string | number | boolean | null;
  if (typeof scalar !== 'string') {
    return { type: scalar === null ? 'null' : (typeof scalar as 'number' | 'boolean'), text: String(scalar) };
  }
  if (scalar.charCodeAt(0) !== 0) return { type: 'string', text: scalar };
  return scalar[1] === MARK ? { type: 'string', text: scalar.slice(1) } : { type: 'number', text: scalar.slice(1) };
}

/** As JSON text: numbers as they were, everything else as JSON.stringify writes it. */
export function jsonTextOf(value: ExactJson, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  if (!text.includes('"\\u0000')) return text;
  return replaceTokens(text, (token, isKey) => {
    if (!token.startsWith('"\\u0000')) return token;
    const isNumber = !isKey && !token.startsWith('\\u0000', 7);
    return isNumber ? token.slice(7, -1) : `"${token.slice(7)}`;
  });
}

/** The text with each string and number replaced. */
function replaceTokens(text: string, replace: (token: string, isKey: boolean) => string): string {
  const pieces: string[] = [];
  let kept = 0;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const isString = found[0] === '"';
    const end = isString ? closingQuote(text, found.index + 1) + 1 : TOKEN.lastIndex;
    COLON.lastIndex = end;
    const token = text.slice(found.index, end);
    const replaced = replace(token, isString && COLON.test(text));
    if (replaced !== token) {
      pieces.push(text.slice(kept, found.index), replaced);
      kept = end;
    }
    TOKEN.lastIndex = end;
  }
  return pieces.length === 0 ? text : `${pieces.join('')}${text.slice(kept)}`;
}

/** Called for each cell of a table, so that almost no key costs more than its first character. */
function needsMark(key: string): boolean {
  const first = key.charCodeAt(0);
  return first === 0 || (first >= 48 && first <= 57 && DIGITS.test(key));
}

function unmarked(text: string): string {
  return text.charCodeAt(0) === 0 ? text.slice(1) : text;
}

function isObject(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

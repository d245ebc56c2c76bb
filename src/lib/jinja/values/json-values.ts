import { closingQuote, type Json } from '../../json.ts';
import type { Budget } from './budget.ts';
import { JinjaError } from './errors.ts';
import { toInt } from './numbers.ts';
import { jsonKey } from './print.ts';
import { entriesOf, Float, isMapping, kindOf, Markup, Undefined, type Value } from './values.ts';

/** What surrounds an entry in JSON text. */
const BYTES_OF_ENTRY = 4;

/** A value as JSON. Counts all of it, because a short expression can refer to one large value many times. @throws JinjaError */
export function toJson(value: Value, budget: Budget): Json {
  budget.bytes(BYTES_OF_ENTRY);
  if (typeof value === 'string') {
    budget.bytes(value.length);
    return value;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return toJsonNumber(value);
  if (Array.isArray(value)) return value.map((item) => toJson(item, budget));
  if (value instanceof Markup) return toJson(value.text, budget);
  if (value instanceof Float) return toJsonNumber(value.value);
  if (value instanceof Undefined) throw new JinjaError(value.message);
  if (!isMapping(value)) throw new JinjaError(`${kindOf(value)} is not a value of JSON`);
  const entries = entriesOf(value).map(([key, item]) => {
    const name = typeof key === 'string' ? key : jsonKey(key).slice(1, -1);
    budget.bytes(name.length);
    return [name, toJson(item, budget)] as const;
  });
  return value instanceof Map ? Object.fromEntries(entries) : (value as Json);
}

function toJsonNumber(value: number | bigint): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new JinjaError(`${number} is not a number of JSON`);
  if (typeof value === 'bigint' && String(number) !== String(value)) {
    throw new JinjaError(`${String(value).slice(0, 50)} is too large to keep all its digits; use it as text: | string`);
  }
  return number;
}

/**
 * The value of a JSON text: mappings keep the order of their keys and numbers their digits, which objects and numbers
 * of JavaScript do not.
 * @param text that `JSON.parse` accepts
 */
export function readJsonValue(text: string): Value {
  // A pattern of a whole string would overflow the stack.
  const token = /[\s,:]*([{}[\]"]|[^\s,:{}[\]"]+)/gsy;
  const next = () => {
    const [, first = ''] = token.exec(text) ?? [];
    if (first !== '"') return first;
    const from = token.lastIndex;
    token.lastIndex = closingQuote(text, from) + 1;
    return text.slice(from - 1, token.lastIndex);
  };
  const read = (first: string): Value => {
    if (first === '{') {
      const mapping = new Map<Value, Value>();
      for (let key = next(); key !== '}'; key = next()) mapping.set(JSON.parse(key) as string, read(next()));
      return mapping;
    }
    if (first === '[') {
      const list: Value[] = [];
      for (let item = next(); item !== ']'; item = next()) list.push(read(item));
      return list;
    }
    if (/^-?\d/.test(first)) return readNumber(first);
    return JSON.parse(first) as Value;
  };
  return read(next());
}

function readNumber(text: string): Value {
  if (/^-?\d+$/.test(text)) return text.length < 16 ? Number(text) + 0 : toInt(BigInt(text));
  const number = Number(text);
  return Number.isInteger(number) ? new Float(number) : number;
}

import { closingQuote, type Json } from '../lib/json.ts';
import { losesDigits, lossyNumberIn, lossyNumberMessage } from '../lib/lossy-numbers.ts';
import { Fault } from './errors.ts';

/** Nesting of arrays and objects. Deeper data is not a real document, and overflows the stack of recursive code. */
export const MAX_DEPTH = 200;
/** Values in one document. The memory that a value takes has little to do with its length as text. */
export const MAX_VALUES = 2_000_000;

/**
 * Parses untrusted JSON.
 * @throws Fault BAD_INPUT when it is not JSON (RFC 8259) or nests too deeply, RESOURCE_TOO_LARGE for too many values
 */
export function parseJson(text: string): Json {
  checkSize(text);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.slice(0, 200) : String(error);
    throw new Fault('BAD_INPUT', `This is not JSON: ${reason}.`);
  }
}

/** @throws Fault as `parseJson`, and BAD_INPUT for a number that loses digits */
export function parseLosslessJson(text: string): Json {
  const value = parseJson(text);
  const lossy = lossyNumberIn(text);
  if (lossy !== undefined) throw new Fault('BAD_INPUT', lossyNumberMessage(lossy));
  return value;
}

/** Longer ones take a noticeable time to read. */
const BIG_INTEGER = /^-?\d{1,1000}$/;

/** Lists and objects that contain a bigint, at any depth. */
const withBigInts = new WeakSet<object>();

/** JSON in which whole numbers past 2^53 are bigints, because numbers of JavaScript would lose their digits. */
export type BigJson = Json | bigint | readonly BigJson[] | { readonly [key: string]: BigJson };

/** @throws Fault as `parseJson`, and BAD_INPUT for a number that loses digits and is not a whole one of at most 1,000 digits */
export function parseBigJson(text: string): BigJson {
  const value = parseJson(text);
  if (lossyNumberIn(text) === undefined) return value;
  return JSON.parse(text, function (this: object, _key: string, one: unknown, context?: { readonly source: string }) {
    const { source = '' } = context ?? {};
    const isLossy = typeof one === 'number' && losesDigits(source);
    if (isLossy && !BIG_INTEGER.test(source)) throw new Fault('BAD_INPUT', lossyNumberMessage(source));
    if (isLossy || hasBigInts(one)) withBigInts.add(this);
    return isLossy ? BigInt(source) : one;
  });
}

declare global {
  interface JSON {
    /** A value that JSON.stringify writes as this text (ECMA proposal "JSON.parse source text access"). */
    rawJSON(text: string): Json;
  }
}

/**
 * JSON to be written again, by JSON.stringify, with every digit: a number that loses digits is a value of `JSON.rawJSON`.
 * @throws SyntaxError
 */
export function parseJsonToWrite(text: string): Json {
  if (lossyNumberIn(text) === undefined) return JSON.parse(text) as Json;
  return JSON.parse(text, (_key: string, one: unknown, context?: { readonly source: string }) =>
    typeof one === 'number' && context && losesDigits(context.source) ? JSON.rawJSON(context.source) : one,
  ) as Json;
}

/** Whether a value of `parseBigJson`, or a part of one, is or contains a bigint. */
export function hasBigInts(value: unknown): boolean {
  return typeof value === 'bigint' || (typeof value === 'object' && value !== null && withBigInts.has(value));
}

/** Counts before V8 parses, because its parser cannot be interrupted. */
function checkSize(text: string): void {
  let depth = 0;
  let values = 1;
  for (let i = 0; i < text.length; i += 1) {
    switch (text.charCodeAt(i)) {
      case 34: // "
        i = closingQuote(text, i + 1);
        break;
      case 44: // ,
        values += 1;
        break;
      case 91: // [
      case 123: // {
        values += 1;
        depth += 1;
        if (depth > MAX_DEPTH) throw new Fault('BAD_INPUT', `This JSON nests deeper than ${MAX_DEPTH} levels.`);
        break;
      case 93: // ]
      case 125: // }
        depth -= 1;
        break;
    }
  }
  if (values > MAX_VALUES) {
    throw new Fault('RESOURCE_TOO_LARGE', `This JSON has more than ${MAX_VALUES} values. Split it.`);
  }
}

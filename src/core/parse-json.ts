import type { Json } from '../lib/json.ts';
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

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

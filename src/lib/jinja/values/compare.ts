import type { Budget } from './budget.ts';
import { JinjaError } from './errors.ts';
import { numberOf } from './numbers.ts';
import {
  checkDefined,
  entriesOf,
  getKey,
  isList,
  isMapping,
  keysOf,
  kindOf,
  sizeOf,
  textOf,
  Undefined,
  type Value,
} from './values.ts';

/** `==` of Python. */
export function isEqual(a: Value, b: Value): boolean {
  checkDefined(a);
  checkDefined(b);
  if (a === b) return true;
  const number = numberOf(a);
  const other = numberOf(b);
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are equal by value
  if (number !== undefined && other !== undefined) return number == other;
  const text = textOf(a);
  if (text !== undefined) return text === textOf(b);
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      kindOf(a) === kindOf(b) &&
      a.every((item, i) => isEqual(item, b[i] as Value))
    );
  }
  if (a instanceof Undefined) return b instanceof Undefined;
  if (!isMapping(a) || !isMapping(b) || sizeOf(a) !== sizeOf(b)) return false;
  return entriesOf(a).every(([key, value]) => {
    const there = getKey(b, key);
    return there !== undefined && isEqual(value, there);
  });
}

/** Below, at or above zero, as `a` is smaller, equal or greater. @throws JinjaError where they have no order */
export function compare(a: Value, b: Value): number {
  checkDefined(a);
  checkDefined(b);
  const number = numberOf(a);
  const other = numberOf(b);
  if (number !== undefined && other !== undefined) return number < other ? -1 : number > other ? 1 : 0;
  const text = textOf(a);
  const otherText = textOf(b);
  if (text !== undefined && otherText !== undefined) return compareText(text, otherText);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
      if (!isEqual(a[i] as Value, b[i] as Value)) return compare(a[i] as Value, b[i] as Value);
    }
    return a.length - b.length;
  }
  throw new JinjaError(`${kindOf(a)} and ${kindOf(b)} have no order`);
}

/** By code points: the halves of a surrogate pair sort after all other characters. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : 1;
  const others = [...b];
  for (const [i, char] of [...a].entries()) {
    const other = others[i];
    if (other === undefined) return 1;
    if (char !== other) return (char.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return -1;
}

/** The items of a value that can be iterated. @throws JinjaError */
export function itemsOf(value: Value, budget: Budget): readonly Value[] {
  if (Array.isArray(value)) return value;
  const text = textOf(value);
  if (text !== undefined) {
    budget.entries(text.length);
    return [...text];
  }
  if (isMapping(value)) {
    const keys = keysOf(value);
    budget.entries(keys.length);
    return keys;
  }
  checkDefined(value);
  if (value instanceof Undefined) return [];
  throw new JinjaError(`${kindOf(value)} cannot be iterated`);
}

/** `in` of Python. @throws JinjaError */
export function contains(container: Value, value: Value): boolean {
  checkDefined(container);
  checkDefined(value);
  const text = textOf(container);
  if (text !== undefined) {
    const part = textOf(value);
    if (part === undefined) throw new JinjaError(`in of a str needs a str, not ${kindOf(value)}`);
    return findText(text, part) >= 0;
  }
  if (isMapping(container)) return getKey(container, value) !== undefined;
  if (isList(container)) return container.some((item) => isEqual(item, value));
  if (container instanceof Undefined) return false;
  throw new JinjaError(`in needs a str, a list or a dict, not ${kindOf(container)}`);
}

/** Above this product of lengths the search of V8 could take minutes. */
const MAX_NAIVE_COMPARISONS = 50_000_000;

/** `indexOf` in linear time. */
export function findText(text: string, part: string, from = 0): number {
  if ((text.length - from) * part.length <= MAX_NAIVE_COMPARISONS || part.length < 8) return text.indexOf(part, from);
  // Knuth, Morris and Pratt: `borders[i]` is the length of the longest proper prefix that also ends at i.
  const borders = new Int32Array(part.length);
  for (let i = 1, length = 0; i < part.length; i += 1) {
    while (length > 0 && part.charCodeAt(i) !== part.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (part.charCodeAt(i) === part.charCodeAt(length)) length += 1;
    borders[i] = length;
  }
  for (let at = from, length = 0; at < text.length; at += 1) {
    while (length > 0 && text.charCodeAt(at) !== part.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (text.charCodeAt(at) === part.charCodeAt(length)) length += 1;
    if (length === part.length) return at - length + 1;
  }
  return -1;
}

/** `lastIndexOf` in linear time. */
export function findLastText(text: string, part: string): number {
  if (text.length * part.length <= MAX_NAIVE_COMPARISONS) return text.lastIndexOf(part);
  const reversed = (one: string) => one.split('').reverse().join('');
  const at = findText(reversed(text), reversed(part));
  return at < 0 ? -1 : text.length - at - part.length;
}

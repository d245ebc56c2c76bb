import { LRUCache } from 'lru-cache';

/** Code points from the first to the last of each pair. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** The last code point. */
export const ALL = 0x10ffff;

/** `\s` of ECMA-262: WhiteSpace and LineTerminator. */
export const WHITE_SPACE: Ranges = [
  [0x9, 0xd],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** `\d` */
export const DIGITS: Ranges = [[0x30, 0x39]];

/** `\w` */
export const WORD_CHARACTERS: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];

/** All other code points, in order. */
export function complementOf(ranges: Ranges): Ranges {
  const others: (readonly [number, number])[] = [];
  let next = 0;
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    if (first > next) others.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= ALL) others.push([next, ALL]);
  return others;
}

/** There are some hundreds. Each takes about 50 ms to find. */
const properties = new LRUCache<string, Ranges>({ max: 256 });

/**
 * The code points with a property of Unicode, as the JavaScript engine knows it.
 * @param written such as `p{Letter}` or `P{Script=Greek}`; valid
 */
export function rangesOfProperty(written: string): Ranges {
  let ranges = properties.get(written);
  if (!ranges) {
    ranges = findRanges(new RegExp(`\\${written}`, 'u'));
    properties.set(written, ranges);
  }
  return ranges;
}

function findRanges(expression: RegExp): Ranges {
  const ranges: [number, number][] = [];
  let last: [number, number] | undefined;
  for (let code = 0; code <= ALL; code += 1) {
    if (!expression.test(String.fromCodePoint(code))) continue;
    if (last?.[1] === code - 1) last[1] = code;
    else {
      last = [code, code];
      ranges.push(last);
    }
  }
  return ranges;
}

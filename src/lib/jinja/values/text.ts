import type { Budget } from './budget.ts';
import { findText } from './compare.ts';
import { JinjaError } from './errors.ts';

/** Operations on text as `str` of Python has them: a character is a code point. */

const SURROGATE = /[\ud800-\udfff]/;

export function lengthOf(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let length = 0;
  for (let at = 0; at < text.length; at += unitsAt(text, at)) length += 1;
  return length;
}

/** The offset of a character by its index, which is at most the length. */
function offsetOf(text: string, index: number): number {
  let at = 0;
  for (let i = 0; i < index && at < text.length; i += 1) at += unitsAt(text, at);
  return at;
}

function unitsAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** The character at an index; from the end if that is negative. */
export function characterAt(text: string, index: number): string | undefined {
  if (!SURROGATE.test(text)) return text.at(index);
  const at = index < 0 ? lengthOf(text) + index : index;
  const character = at < 0 ? '' : sliceText(text, at, at + 1);
  return character === '' ? undefined : character;
}

/** As `slice` has it, by characters. */
export function sliceText(text: string, from: number, to?: number): string {
  if (!SURROGATE.test(text)) return text.slice(from, to);
  const length = lengthOf(text);
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  return text.slice(offsetOf(text, clamp(from)), to === undefined ? undefined : offsetOf(text, clamp(to)));
}

export function capitalize(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

/** The first letter of each run of letters is upper case. */
export function titleCase(text: string): string {
  return text.replaceAll(/\p{L}+/gu, capitalize);
}

export function swapCase(text: string): string {
  return text.replaceAll(/\p{L}/gu, (char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()));
}

/** Without the characters at its ends; default white space. */
export function strip(text: string, characters: string | undefined, sides: 'both' | 'left' | 'right'): string {
  if (characters === undefined) {
    if (sides === 'both') return text.trim();
    return sides === 'left' ? text.trimStart() : text.trimEnd();
  }
  const set = new Set(characters);
  let from = 0;
  let to = text.length;
  if (sides !== 'right') {
    while (from < to && set.has(String.fromCodePoint(text.codePointAt(from) ?? 0))) from += unitsAt(text, from);
  }
  if (sides !== 'left') {
    for (;;) {
      const units = to - 2 >= from && unitsAt(text, to - 2) === 2 ? 2 : 1;
      if (to <= from || !set.has(text.slice(to - units, to))) break;
      to -= units;
    }
  }
  return text.slice(from, to);
}

/** @param max how often it is split; negative for as often as possible */
export function split(text: string, separator: string | undefined, max: number, budget: Budget): readonly string[] {
  budget.bytes(text.length);
  const parts: string[] = [];
  const push = (part: string) => {
    budget.entries(1);
    parts.push(part);
  };
  const limit = max < 0 ? Number.POSITIVE_INFINITY : max;
  if (separator === undefined) {
    const word = /\S+/gu;
    for (let match = word.exec(text); match; match = word.exec(text)) {
      if (parts.length >= limit) {
        push(text.slice(match.index).trimEnd());
        break;
      }
      push(match[0]);
    }
    return parts;
  }
  checkSeparator(separator);
  let from = 0;
  while (parts.length < limit) {
    const at = findText(text, separator, from);
    if (at < 0) break;
    push(text.slice(from, at));
    from = at + separator.length;
  }
  push(text.slice(from));
  return parts;
}

/** From the right; what is left is the first part. */
export function splitRight(
  text: string,
  separator: string | undefined,
  max: number,
  budget: Budget,
): readonly string[] {
  const all = split(text, separator, -1, budget);
  if (max < 0 || all.length <= max + 1) return all;
  const last = all.slice(all.length - max);
  if (separator !== undefined) return [all.slice(0, all.length - max).join(separator), ...last];
  const words = [...text.matchAll(/\S+/gu)];
  return [text.slice(0, words[words.length - max]?.index ?? text.length).trim(), ...last];
}

export function checkSeparator(separator: string): void {
  if (separator === '') throw new JinjaError('the separator is empty');
}

/** The line breaks of Python, which has three separators of ASCII among them. */
const LINE_BREAKS = '\\n\\r\\v\\f\\u{1c}-\\u{1e}\\u{85}\\u{2028}\\u{2029}';
const LINE = new RegExp(`[^${LINE_BREAKS}]*(?:\\r\\n|[${LINE_BREAKS}]|$)`, 'gu');
const LINE_BREAK = new RegExp(`(?:\\r\\n|[${LINE_BREAKS}])$`, 'u');

export function splitLines(text: string, keepEnds: boolean, budget: Budget): readonly string[] {
  budget.bytes(text.length);
  const lines = text.match(LINE) ?? [];
  if (lines.at(-1) === '') lines.pop();
  budget.entries(lines.length);
  return keepEnds ? lines : lines.map((line) => line.replace(LINE_BREAK, ''));
}

/** @param max how many are replaced; negative for all */
export function replace(text: string, part: string, other: string, max: number, budget: Budget): string {
  budget.bytes(text.length);
  const pieces: string[] = [];
  const limit = max < 0 ? Number.POSITIVE_INFINITY : max;
  const add = (piece: string) => {
    budget.bytes(piece.length + other.length);
    pieces.push(piece);
  };
  if (part === '') {
    // Before each character, and at the end.
    const characters = [...text];
    let count = 0;
    for (const char of characters) add(count++ < limit ? other + char : char);
    if (count < limit) add(other);
    return pieces.join('');
  }
  let from = 0;
  for (let count = 0; count < limit; count += 1) {
    const at = findText(text, part, from);
    if (at < 0) break;
    add(text.slice(from, at));
    from = at + part.length;
  }
  pieces.push(text.slice(from));
  return pieces.join(other);
}

export function count(text: string, part: string): number {
  if (part === '') return lengthOf(text) + 1;
  let result = 0;
  for (let at = findText(text, part); at >= 0; at = findText(text, part, at + part.length)) result += 1;
  return result;
}

/** Padded to a width, in characters. */
export function pad(text: string, width: number, fill: string, align: '<' | '>' | '^', budget: Budget): string {
  const missing = width - lengthOf(text);
  if (missing <= 0) return text;
  budget.bytes(width * fill.length);
  if (align === '<') return text + fill.repeat(missing);
  if (align === '>') return fill.repeat(missing) + text;
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

/** Text `times` over. */
export function repeat(text: string, times: number, budget: Budget): string {
  if (times <= 0) return '';
  budget.bytes(text.length * times);
  return text.repeat(times);
}

/** The index in code points that a UTF-16 index is. */
export function characterIndex(text: string, at: number): number {
  return at <= 0 ? at : lengthOf(text.slice(0, at));
}

export const isTitle = (text: string): boolean => /\p{L}/u.test(text) && titleCase(text) === text;
export const isUpper = (text: string): boolean => text.toUpperCase() === text && text.toLowerCase() !== text;
export const isLower = (text: string): boolean => text.toLowerCase() === text && text.toUpperCase() !== text;

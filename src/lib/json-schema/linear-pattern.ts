import { RE2JS } from 're2js';
import {
  ALL,
  complementOf,
  DIGITS,
  type Ranges,
  rangesOfProperty,
  WHITE_SPACE,
  WORD_CHARACTERS,
} from './code-points.ts';

/** Tests a text in time that is linear in its length. */
interface LinearPattern {
  test(text: string): boolean;
}

/** A pattern that is invalid, or that RE2 cannot run. The message completes “the schema …”. */
export class UnsupportedPatternError extends Error {}

/** A reason for it. */
class Unsupported extends Error {}

/** Product of nested repetitions in RE2; more is written as several repetitions. */
const MAX_RE2_REPEAT = 1_000;
/** Of one repetition, so that a short pattern does not become a large program. */
const MAX_REPEAT = 10_000;
/** Of the translated pattern, in UTF-16 units. */
const MAX_TRANSLATED_LENGTH = 200_000;

/**
 * Compiles a pattern of ECMA-262, which JSON Schema requires, for RE2: classes, `.`, escapes and counts mean what ECMA-262 says
 * with the flag `u`; a pattern that is valid only without the flag is read without it.
 * @throws UnsupportedPatternError for lookaround and backreferences, and for what is not a regular expression
 */
export function compilePattern(pattern: string): LinearPattern {
  try {
    return RE2JS.compile(translate(pattern, isUnicodePattern(pattern)).text);
  } catch (error) {
    const why =
      error instanceof RangeError ? 'nests too deeply' : error instanceof Error ? error.message : String(error);
    throw new UnsupportedPatternError(
      `uses the pattern ${JSON.stringify(pattern.slice(0, 100))}, which RE2 does not accept (${why.slice(0, 120)}). ` +
        'RE2 has no lookaround and no backreferences',
    );
  }
}

function isUnicodePattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch (error) {
    try {
      new RegExp(pattern);
      return false;
    } catch {
      const why = (error as Error).message.replace(/^.*\/u?: /s, '');
      throw new Unsupported(`not valid in ECMA-262: ${why}`);
    }
  }
}

/** RE2 syntax, and the largest product of the repetitions that are nested in it. */
interface Translated {
  readonly text: string;
  readonly repeat: number;
}

/** @param pattern is valid */
function translate(pattern: string, unicode: boolean): Translated {
  let at = 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const match = expression.exec(pattern);
    if (match) at = expression.lastIndex;
    return match;
  };

  const alternatives = (): Translated => {
    let text = '';
    let repeat = 1;
    while (at < pattern.length && pattern[at] !== ')') {
      const term = take(/\|/y) ? { text: '|', repeat: 1 } : quantified(atom());
      text += term.text;
      repeat = Math.max(repeat, term.repeat);
      if (text.length > MAX_TRANSLATED_LENGTH) throw new Unsupported(TOO_LARGE);
    }
    return { text, repeat };
  };

  const atom = (): Translated => {
    if (take(/\(/y)) return group();
    if (take(/\[/y)) return { text: characterClass(), repeat: 1 };
    if (take(/\./y)) return { text: classOf(complementOf(LINE_ENDS)), repeat: 1 };
    const assertion = take(/[\^$]|\\[bB]/y)?.[0];
    if (assertion) return { text: assertion, repeat: 1 };
    const set = take(/\\/y) ? escaped() : literal();
    return { text: typeof set === 'number' ? hex(set) : classOf(set), repeat: 1 };
  };

  const group = (): Translated => {
    const [, name, flags = ''] = take(/\?(?:<([^=!>][^>]*)>|([a-z-]*):)/y) ?? [];
    if (pattern[at] === '?' && name === undefined) throw new Unsupported('lookaround');
    if (!/^(?:-?i)?$/.test(flags)) throw new Unsupported(`flags ${flags}`);
    const { text, repeat } = alternatives();
    at += 1;
    return { text: `(?${flags}:${text})`, repeat };
  };

  const quantified = (one: Translated): Translated => {
    const [, sign, min, comma, max] = take(/(?:([*+?])|\{(\d+)(,)?(\d*)\})\??/y) ?? [];
    if (sign) return { ...one, text: one.text + sign };
    return min === undefined ? one : repeated(one, Number(min), comma ? (max ? Number(max) : undefined) : Number(min));
  };

  const literal = (): number => {
    const code = pattern.codePointAt(at) as number;
    at += code > 0xffff ? 2 : 1;
    return code;
  };

  /** After the backslash: a code point, or a set of them. */
  const escaped = (): number | Ranges => {
    const set = SETS.get(take(/[dDsSwW]/y)?.[0] ?? '');
    if (set) return set;
    const property = unicode ? take(/[pP]\{[^}]*\}/y)?.[0] : undefined;
    if (property) return rangesOfProperty(property);
    if (take(unicode ? /[1-9]|k/y : /[1-9]|k</y)) throw new Unsupported('backreference');
    const control = CONTROLS.get(take(/[tnvfr]|0(?!\d)/y)?.[0] ?? '');
    if (control !== undefined) return control;
    const letter = take(/c([A-Za-z])/y)?.[1];
    if (letter) return letter.charCodeAt(0) % 32;
    const pair = take(/u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})/iy);
    if (pair)
      return String.fromCharCode(...pair.slice(1).map((unit) => Number.parseInt(unit, 16))).codePointAt(0) as number;
    const number = take(unicode ? /x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]+)\}/iy : /x([\da-f]{2})|u([\da-f]{4})/iy);
    const digits = number?.slice(1).find((part) => part !== undefined);
    return digits === undefined ? literal() : Number.parseInt(digits, 16);
  };

  const classMember = (): number | Ranges => {
    if (!take(/\\/y)) return literal();
    return take(/b/y) ? 0x08 : escaped();
  };

  /** After the opening bracket. */
  const characterClass = (): string => {
    const negated = take(/\^/y) !== null;
    const ranges: (readonly [number, number])[] = [];
    while (!take(/\]/y)) {
      const first = classMember();
      const isRange = typeof first === 'number' && take(/-(?!\])/y) !== null;
      const last = isRange ? classMember() : first;
      if (typeof first === 'number' && typeof last === 'number') ranges.push([first, last]);
      else {
        // Without the flag, a set at the end of a range is a member, and so is the hyphen.
        for (const one of isRange ? [first, 0x2d, last] : [first]) {
          if (typeof one === 'number') ranges.push([one, one]);
          else ranges.push(...one);
        }
      }
    }
    return classOf(negated ? complementOf(ranges) : ranges);
  };

  return alternatives();
}

const TOO_LARGE = 'too large';

const LINE_ENDS: Ranges = [
  [0xa, 0xa],
  [0xd, 0xd],
  [0x2028, 0x2029],
];

const SETS: ReadonlyMap<string, Ranges> = new Map([
  ['d', DIGITS],
  ['D', complementOf(DIGITS)],
  ['s', WHITE_SPACE],
  ['S', complementOf(WHITE_SPACE)],
  ['w', WORD_CHARACTERS],
  ['W', complementOf(WORD_CHARACTERS)],
]);

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['f', 0xc],
  ['n', 0xa],
  ['r', 0xd],
  ['t', 0x9],
  ['v', 0xb],
  ['0', 0],
]);

/** {min,max} in as many repetitions as RE2 needs. @param max undefined for no limit */
function repeated(one: Translated, min: number, max: number | undefined): Translated {
  if (Math.max(min, max ?? 0) > MAX_REPEAT) throw new Unsupported(`repeats more than ${MAX_REPEAT} times`);
  const most = Math.max(1, Math.floor(MAX_RE2_REPEAT / one.repeat));
  if ((Math.max(min, max ?? 0) / most + 2) * one.text.length > MAX_TRANSLATED_LENGTH) throw new Unsupported(TOO_LARGE);
  const parts: string[] = [];
  let repeat = one.repeat;
  const add = (count: number, low: (size: number) => number) => {
    for (let rest = count; rest > 0; rest -= most) {
      const size = Math.min(rest, most);
      parts.push(size === 1 && low(1) === 1 ? one.text : `${one.text}{${low(size)},${size}}`);
      repeat = Math.max(repeat, size * one.repeat);
    }
  };
  add(min, (size) => size);
  if (max === undefined) parts.push(`${one.text}*`);
  else add(max - min, () => 0);
  return { text: `(?:${parts.join('')})`, repeat };
}

function classOf(ranges: Ranges): string {
  // RE2 has no empty class.
  if (ranges.length === 0) return `[^${hex(0)}-${hex(ALL)}]`;
  return `[${ranges.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join('')}]`;
}

function hex(code: number): string {
  const isPlain = (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isPlain ? String.fromCharCode(code) : `\\x{${code.toString(16)}}`;
}

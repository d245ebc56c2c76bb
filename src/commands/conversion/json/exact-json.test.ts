import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asList,
  asObject,
  type ExactJson,
  jsonTextOf,
  keysOf,
  memberOf,
  parseExactJson,
  scalarOf,
} from './exact-json.ts';

/** JSON text that JavaScript's values may alter: keys in any order, numbers of any length, marks inside strings. */
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 10n ** 30n })),
    fc.constantFrom('', '.0', '.50', '.125', '.0000001', `.${'3'.repeat(20)}`),
    fc.constantFrom('', 'e5', 'E-7', 'e+999'),
  )
  .map((parts) => parts.join(''));
const string = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '\0',
    '\0\0',
    '\x007',
    '7',
    '007',
    '2031',
    '0 ',
    '1a',
    '-1',
    '1e5',
    '\\u0037',
    '"1":',
    '\\',
    '\\"7":',
    '__proto__',
  ),
);
const { text: jsonText } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    number,
    string.map((one) => JSON.stringify(one)),
    fc.constantFrom('true', 'false', 'null'),
    fc.array(tie('text'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(string, tie('text')), { maxLength: 5, selector: ([key]) => key })
      .map((members) => `{${members.map(([key, one]) => `${JSON.stringify(key)}:${one}`).join(',')}}`),
  ),
}));

/** The text again, from what the functions say about it. */
function write(value: ExactJson): string {
  const list = asList(value);
  if (list) return `[${list.map(write).join(',')}]`;
  const object = asObject(value);
  if (!object) {
    const { type, text } = scalarOf(value);
    return type === 'string' ? JSON.stringify(text) : text;
  }
  const members = keysOf(object).map((key) => `${JSON.stringify(key)}:${write(memberOf(object, key) as ExactJson)}`);
  return `{${members.join(',')}}`;
}

describe('exact JSON', () => {
  it('keeps every digit, key and order, whatever the text is', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(write(parseExactJson(text))).toBe(text);
        expect(jsonTextOf(parseExactJson(text))).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is the value of JSON.parse', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(JSON.parse(jsonTextOf(parseExactJson(text), 2))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['{1:2}', '{1e5:2}', '[01e5]', '["\\u0000", 1e5', '[1e5 1e6]', '[-]', '[1.e5]', '{"1":}', ''])(
    'refuses %j, which is not JSON',
    (text) => {
      expect(() => parseExactJson(text)).toThrow(/not JSON/);
    },
  );

  it('reads long strings, also of escapes', () => {
    const text = `{"a":${JSON.stringify('\n'.repeat(9_000_000))},"b":9007199254740993}`;
    expect(jsonTextOf(parseExactJson(text)) === text).toBe(true);
  });

  it('keeps the last of two members with one key, as JSON.parse does', () => {
    expect(jsonTextOf(parseExactJson('{"7":1,"a":2,"7":3}'))).toBe('{"7":3,"a":2}');
  });

  it('keeps the order of keys whose digits are written as escapes', () => {
    const object = asObject(parseExactJson('{"b":1,"\\u0037":2,"1\\u0030":3}'));
    expect(object && keysOf(object)).toEqual(['b', '7', '10']);
    expect(object && ['7', '10'].map((key) => memberOf(object, key))).toEqual([2, 3]);
  });

  it('has no member that only every object of JavaScript has', () => {
    const object = asObject(parseExactJson('{"__proto__":1}'));
    expect(object && memberOf(object, '__proto__')).toBe(1);
    expect(object && memberOf(object, 'constructor')).toBeUndefined();
  });
});

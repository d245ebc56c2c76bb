import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { canonicalJson, type Json, wellFormed, wellFormedJson } from './json.ts';

const value = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' });
const key = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', '10', '9', '01', 'toJSON', 'é', '€'));

/** The text, or undefined when the value has no canonical form. */
function textOf(write: (one: unknown) => string | undefined, one: unknown): string | undefined {
  try {
    return write(one);
  } catch {
    return undefined;
  }
}

test('returns the same canonical text as the library, or none', () => {
  fc.assert(
    fc.property(fc.oneof(value, fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)))), (one) => {
      expect(textOf(canonicalJson, one)).toBe(textOf(canonicalize, one));
    }),
    { numRuns: 1_000 },
  );
});

test('returns the same text for any order of the keys', () => {
  fc.assert(
    fc.property(fc.dictionary(key, value), (one) => {
      const backwards = Object.fromEntries(Object.entries(one).reverse());
      expect(textOf(canonicalJson, backwards)).toBe(textOf(canonicalJson, one));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['a lone surrogate', { text: '\ud800' }],
  ['a lone surrogate in a key', { '\udfff': 1 }],
  ['NaN', { n: Number.NaN }],
  ['a number past all bounds', [Number.POSITIVE_INFINITY]],
  ['nothing', undefined],
])('refuses %s', (_, one) => {
  expect(() => canonicalJson(one)).toThrow();
});

test.each([
  ['a text that looks like an escaped surrogate', { text: '\\ud800' }],
  ['a pair of surrogates', { text: '😀' }],
  ['minus zero', [-0]],
  ['a member without a value', { a: undefined, b: [undefined] }],
  ['a date', { at: new Date(0) }],
  ['lists in lists, a thousand deep', JSON.parse('['.repeat(1_000) + ']'.repeat(1_000))],
])('writes %s as the library does', (_, one) => {
  expect(canonicalJson(one)).toBe(canonicalize(one));
});

test('does not change the value', () => {
  const one = Object.freeze({ b: Object.freeze([Object.freeze({ z: 1, a: 2 })]), a: 1 });
  expect(canonicalJson(one)).toBe('{"a":1,"b":[{"a":2,"z":1}]}');
  expect(Object.keys(one)).toEqual(['b', 'a']);
});

const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });

describe('JSON from outside', () => {
  it('always gets a canonical form without U+0000', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, anyText, (value, key, text) => {
        const repaired = wellFormedJson([value as Json, { [key]: text }, text]);
        expect(canonicalJson(repaired)).not.toMatch(/\\u0000|[\ud800-\udbff](?![\udc00-\udfff])/);
      }),
    );
  });

  it('stays the same object if it is valid', () => {
    const value = { a: ['\\ud800 as a text about it', '😀'], b: null };
    expect(wellFormedJson(value)).toEqual(value);
    const plain = { a: [1, '😀'] };
    expect(wellFormedJson(plain)).toBe(plain);
  });

  it('has null for numbers that JSON can write but a double cannot represent', () => {
    const value = JSON.parse('{"a":[1e999,-1e999,1e308]}') as Json;
    expect(wellFormedJson(value)).toEqual({ a: [null, null, 1e308] });
  });

  it('shows where text was replaced', () => {
    expect(wellFormed('a\0b\ud800')).toBe('a\uFFFDb\uFFFD');
  });
});

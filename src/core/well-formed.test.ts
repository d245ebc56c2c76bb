import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from './json.ts';
import { wellFormed, wellFormedJson } from './well-formed.ts';

const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });

describe('JSON from elsewhere', () => {
  it('has a canonical form, and no U+0000, whatever it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, anyText, (value, key, text) => {
        const mended = wellFormedJson([value as Json, { [key]: text }, text]);
        expect(canonicalJson(mended)).not.toMatch(/\\u0000|[\ud800-\udbff](?![\udc00-\udfff])/);
      }),
    );
  });

  it('stays the very same value where nothing is wrong with it', () => {
    const value = { a: ['\\ud800 as a text about it', '😀'], b: null };
    expect(wellFormedJson(value)).toEqual(value);
    const plain = { a: [1, '😀'] };
    expect(wellFormedJson(plain)).toBe(plain);
  });

  it('has null for numbers that JSON can write, but not count', () => {
    const value = JSON.parse('{"a":[1e999,-1e999,1e308]}') as Json;
    expect(wellFormedJson(value)).toEqual({ a: [null, null, 1e308] });
  });

  it('shows where something was', () => {
    expect(wellFormed('a\0b\ud800')).toBe('a\uFFFDb\uFFFD');
  });
});

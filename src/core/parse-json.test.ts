import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from './errors.ts';
import { hasBigInts, MAX_DEPTH, MAX_VALUES, parseBigJson, parseJson, parseLosslessJson } from './parse-json.ts';

function codeOf(text: string): string {
  try {
    parseJson(text);
    return 'parsed';
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
}

describe('parseJson', () => {
  it('returns what JSON.parse returns', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is not misled by brackets and quotes inside strings', () => {
    const text = JSON.stringify({ '[{"\\': ['\\"[[[', '\\\\'], b: '{'.repeat(MAX_DEPTH * 2) });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('accepts MAX_DEPTH levels and rejects one more', () => {
    expect(codeOf('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH))).toBe('parsed');
    expect(codeOf('['.repeat(MAX_DEPTH + 1) + ']'.repeat(MAX_DEPTH + 1))).toBe('BAD_INPUT');
    expect(codeOf('{"a":'.repeat(100_000))).toBe('BAD_INPUT');
  });

  it('rejects more values than fit into memory before it parses them', () => {
    expect(codeOf(`[${'0,'.repeat(MAX_VALUES)}0]`)).toBe('RESOURCE_TOO_LARGE');
  });

  it('reports the position of a syntax error', () => {
    expect(() => parseJson('{"a": tea}')).toThrow(/not JSON: .*{"a": tea}/);
    expect(codeOf('"open')).toBe('BAD_INPUT');
    expect(codeOf('')).toBe('BAD_INPUT');
  });
});

it('refuses a number that loses digits, and says what to do', () => {
  expect(() => parseLosslessJson('{"id":9007199254740993}')).toThrow(
    'The number 9007199254740993 cannot be kept exactly. Write it as text, in quotes, or pass the JSON as a resource.',
  );
  expect(parseLosslessJson('{"id":"9007199254740993"}')).toEqual({ id: '9007199254740993' });
});

it('reads whole numbers past 2^53 as bigints, and knows what contains them', () => {
  const value = parseBigJson('{"a":{"ids":[1,9007199254740993]},"b":{"ids":[1]}}') as Record<string, object>;
  expect(value).toEqual({ a: { ids: [1, 9007199254740993n] }, b: { ids: [1] } });
  expect([hasBigInts(value), hasBigInts(value.a), hasBigInts(value.b)]).toEqual([true, true, false]);
  expect(hasBigInts(parseBigJson('[9007199254740991]'))).toBe(false);
  expect(() => parseBigJson('[1, 1e400]')).toThrow(/1e400 cannot be kept/);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinesToJson } from './lines-to-json.ts';

function lines(pieces: readonly string[]): unknown {
  let json = '';
  const reader = createLinesToJson((piece) => {
    json += piece;
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return JSON.parse(json);
}

describe('lines as JSON', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\nb\r\nc\rd\n', ['a', 'b', 'c', 'd']],
    ['\n\n', ['', '']],
    ['"quoted"\t\\', ['"quoted"\t\\']],
  ])('%j is %j', (text, expected) => {
    expect(lines([text])).toEqual(expected);
  });

  it('is the same wherever the text is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', '"', '😀'), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.nat(40), (whole, cut) => {
        // A decoder never cuts a character.
        const at = whole.slice(0, cut).isWellFormed() ? cut : cut + 1;
        expect(lines([whole.slice(0, at), whole.slice(at)])).toEqual(lines([whole]));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { formsOf, hexDump, rowsOfJson } from './forms.ts';

describe('a payload', () => {
  it.each([
    ['text/csv; charset=utf-8', 'table'],
    ['application/json', 'json'],
    ['application/problem+json', 'json'],
    ['text/html', 'html'],
    ['image/svg+xml', 'image'],
    ['image/png', 'image'],
    ['text/markdown', 'markdown'],
    ['application/xml', 'text'],
    ['text/x-python', 'text'],
    ['application/octet-stream', 'hex'],
    ['', 'hex'],
  ])('of the media type %j is shown as %s first', (mediaType, form) => {
    expect(formsOf(mediaType)[0]).toBe(form);
  });

  it('is a table when it is a list of objects, or has one', () => {
    const rows = [{ a: 1, b: 'x' }, { a: { c: 2 } }];
    const table = {
      columns: ['a', 'b'],
      rows: [
        ['1', 'x'],
        ['{"c":2}', ''],
      ],
    };
    expect(rowsOfJson(rows)).toEqual(table);
    expect(rowsOfJson({ columns: 2, rows })).toEqual(table);
    for (const value of [[], [1], {}, null, 'text', { a: [{}], b: [{}] }]) expect(rowsOfJson(value)).toBeUndefined();
  });

  it('is shown as bytes with their offset and characters', () => {
    expect(hexDump(new TextEncoder().encode('Signalbox\n\u0000 is here'))).toBe(
      [
        '00000000  53 69 67 6e 61 6c 62 6f 78 0a 00 20 69 73 20 68  Signalbox.. is h',
        '00000010  65 72 65                                         ere',
      ].join('\n'),
    );
  });
});

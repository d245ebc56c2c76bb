import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { createCsvReader, MAX_FIELDS, MAX_RECORD_LENGTH } from './csv-reader.ts';

/** The records of a text that comes in these pieces. */
function read(pieces: readonly string[], delimiter = ','): string[][] {
  const records: string[][] = [];
  const reader = createCsvReader({ delimiter, onRecord: (fields) => records.push(fields) });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return records;
}

/** What another reader makes of it, or that it makes nothing. */
function readByCsvParse(text: string): string[][] | 'refused' {
  try {
    return parse(text, {
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    });
  } catch {
    return 'refused';
  }
}

function attempt(pieces: readonly string[]): string[][] | 'refused' {
  try {
    return read(pieces);
  } catch (error) {
    if (error instanceof Fault && error.code === 'BAD_INPUT') return 'refused';
    throw error;
  }
}

const anyCsv = fc.string({
  unit: fc.constantFrom('a', 'ż', ' ', ',', ';', '"', '""', '\n', '\r', '\r\n', '😀'),
  maxLength: 60,
});

describe('the CSV reader', () => {
  it('reads quotes, doubled quotes, delimiters and line breaks inside quotes', () => {
    expect(read(['a,"b ""c"" d","e,f"\r\n"g\r\nh","i\nj",\r\n'])).toEqual([
      ['a', 'b "c" d', 'e,f'],
      ['g\r\nh', 'i\nj', ''],
    ]);
  });

  it('takes LF, CR and CRLF for the end of a record, and none at the end of the text', () => {
    expect(read(['a,b\nc,d\re,f\r\ng,h'])).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
      ['g', 'h'],
    ]);
  });

  it('passes over empty lines, but not over an empty value in quotes', () => {
    expect(read(['a\n\n\r\n""\n\nb\n'])).toEqual([['a'], [''], ['b']]);
  });

  it('keeps blanks, which are part of the value', () => {
    expect(read([' a , b\t'])).toEqual([[' a ', ' b\t']]);
  });

  it('takes a quote for a character like others where there is no quoting', () => {
    const records: string[][] = [];
    const reader = createCsvReader({ delimiter: '\t', quoting: false, onRecord: (fields) => records.push(fields) });
    for (const piece of ['part\tsize\npipe\t3/4" wi', 'de\n"a\t"b"\n""\t', '"\n']) reader.push(piece);
    reader.end();
    expect(records).toEqual([
      ['part', 'size'],
      ['pipe', '3/4" wide'],
      ['"a', '"b"'],
      ['""', '"'],
    ]);
  });

  it('takes any delimiter', () => {
    expect(read(['a|"b|c"|d'], '|')).toEqual([['a', 'b|c', 'd']]);
  });

  it('reads the same records as csv-parse, whatever the text', () => {
    fc.assert(
      fc.property(anyCsv, (text) => {
        expect(attempt([text])).toEqual(readByCsvParse(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads the same records wherever the text is cut', () => {
    fc.assert(
      fc.property(anyCsv, fc.array(fc.nat(60)), (text, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
        expect(attempt(pieces)).toEqual(attempt([text]));
      }),
      { numRuns: 3_000 },
    );
  });

  it('tells the line where each record begins', () => {
    const lines: number[] = [];
    const reader = createCsvReader({ delimiter: ',', onRecord: (_, line) => lines.push(line) });
    reader.push('a\r\n"b\nc\r\nd"\n\ne\n');
    reader.end();
    expect(lines).toEqual([1, 2, 6]);
  });

  it.each([
    ['a quote inside an unquoted field', 'a,b\nc,d"e\n', /line 2: a quote stands inside/],
    ['text after a closing quote', 'a,"b"c\n', /line 1: after a closing quote/],
    ['a quote that is never closed', 'a\n"b\nc\n', /opened in the record of line 2 is not closed/],
  ])('refuses %s, with the line', (_, text, message) => {
    expect(() => read([text])).toThrow(message);
  });

  it('does not let one record become the whole file', () => {
    expect(() => read(['"', 'x'.repeat(MAX_RECORD_LENGTH + 1)])).toThrow(/longer than/);
    expect(() => read([','.repeat(MAX_FIELDS)])).toThrow(/more than 16384 fields/);
  });
});

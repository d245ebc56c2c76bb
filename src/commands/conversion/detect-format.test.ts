import { describe, expect, it } from 'vitest';
import { detectFormat, looksLikeCsv, namedDelimiter, sniffDelimiter } from './detect-format.ts';

describe('sniffDelimiter', () => {
  it.each([
    ['name,price\na;b;c;d', ','],
    ['name;price;note\n1,5;2,5;a', ';'],
    ['name\tprice\n', '\t'],
    ['name|price', '|'],
    ['"a,b,c";"d,e"\n', ';'],
    ['"a ""b"", c, d"|x\n', '|'],
    ['a,b;c', ','],
    ['single\nvalues\n', ','],
    ['', ','],
    ['\r\n\na;b\n', ';'],
  ])('finds in %j the delimiter %j', (text, delimiter) => {
    expect(sniffDelimiter(text)).toBe(delimiter);
  });
});

describe('namedDelimiter', () => {
  it.each([
    ['sep=;\r\na;b', ';'],
    ['SEP=\t\na\tb', '\t'],
    ['"sep=;"\na;b', ';'],
    ['sep=,', ','],
    ['sep=;;\na', undefined],
    ['a;sep=;\n', undefined],
    ['sep;x\n', undefined],
  ])('finds in %j the delimiter %j', (text, delimiter) => {
    expect(namedDelimiter(text)).toBe(delimiter);
  });
});

describe('looksLikeCsv', () => {
  it.each([
    ['a,b\n1,2\n', true],
    ['a;b\n1;2', true],
    ['a,b\n1,2\n3,4,', true],
    ['a,b\n1\n2,3\n', false],
    ['Dear all,\nhello\n', false],
    ['one line, with a comma', false],
    ['a\nb\n', false],
    ['', false],
    ['say "hi", twice\nsay "hi", twice\n', false],
  ])('%j: %s', (text, expected) => {
    expect(looksLikeCsv(text)).toBe(expected);
  });
});

describe('detectFormat', () => {
  it.each([
    ['application/json', 'JSON'],
    ['application/problem+json; charset=utf-8', 'JSON'],
    ['Text/CSV;header=present', 'CSV'],
    ['text/tab-separated-values', 'CSV'],
    ['application/xml', 'XML'],
    ['image/svg+xml', 'XML'],
  ])('goes by the media type %s without a look at the text', (mediaType, format) => {
    const unread = () => {
      throw new Error('read');
    };
    expect(detectFormat(mediaType, unread)).toBe(format);
  });

  it.each([
    [' \n{"a":1}', 'JSON'],
    ['[1]', 'JSON'],
    ['<a/>', 'XML'],
    ['a,b\n1,2\n', 'CSV'],
    ['some text', 'LINES'],
    ['', 'LINES'],
  ])('goes by the text where the media type tells nothing: %j is %s', (text, format) => {
    expect(detectFormat('application/octet-stream', () => text)).toBe(format);
    expect(detectFormat('text/plain', () => text)).toBe(format);
  });
});

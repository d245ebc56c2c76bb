import { describe, expect, it } from 'vitest';
import { charsetOf, mediaTypeInUtf8, mediaTypeOfFile, parseMediaType } from './media-type.ts';

describe('parseMediaType', () => {
  it('returns a canonical form: names in lower case, valid parameters kept, malformed ones dropped', () => {
    expect(parseMediaType('TEXT/CSV; Charset="utf-8"; ;x=')?.toString()).toBe('text/csv;charset=utf-8');
    expect(parseMediaType('application/vnd.api+json')?.essence).toBe('application/vnd.api+json');
  });

  it.each([
    '',
    'garbage',
    'text/',
    '/csv',
    '*/*',
    'text/*',
    'text /csv',
    'text/csv,text/html',
    'text/cs\u00e9',
    '+a/b',
  ])('rejects %j', (text) => expect(parseMediaType(text)).toBeUndefined());

  it('rejects text that is too long', () => {
    expect(parseMediaType(`text/${'a'.repeat(128)}`)).toBeUndefined();
    expect(parseMediaType(`text/csv;a=${'b'.repeat(600)}`)).toBeUndefined();
  });
});

describe('charsetOf', () => {
  it('returns the charset in lower case, or undefined', () => {
    expect(charsetOf('text/csv; charset="ISO-8859-2"')).toBe('iso-8859-2');
    expect(charsetOf('text/csv')).toBeUndefined();
    expect(charsetOf('garbage')).toBeUndefined();
  });
});

describe('mediaTypeInUtf8', () => {
  it.each([
    ['text/csv', 'a', 'text/csv'],
    ['text/csv; charset=utf-8', 'a', 'text/csv; charset=utf-8'],
    ['text/csv; charset=latin1', 'a', 'text/csv;charset=utf-8'],
    ['application/xml', '<a/>', 'application/xml'],
    ['application/xml', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'application/xml;charset=utf-8'],
  ])('of %s for %j is %s', (mediaType, text, expected) => expect(mediaTypeInUtf8(mediaType, text)).toBe(expected));
});

describe('mediaTypeOfFile', () => {
  it('uses the last extension, and defaults to bytes', () => {
    expect(
      ['a.csv', '/x.y/b.JSON', 'a.csv.gz', 'README', 'a.unknown', '.csv', 'a.__proto__', 'a.constructor'].map(
        mediaTypeOfFile,
      ),
    ).toEqual([
      'text/csv',
      'application/json',
      'application/gzip',
      'application/octet-stream',
      'application/octet-stream',
      'text/csv',
      'application/octet-stream',
      'application/octet-stream',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { charsetOf, mediaTypeOfFile, parseMediaType } from './media-type.ts';

describe('parseMediaType', () => {
  it('gives one spelling: names in lower case, parameters kept, broken ones dropped', () => {
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
  ])('refuses %j', (text) => expect(parseMediaType(text)).toBeUndefined());

  it('refuses what is too long to be one', () => {
    expect(parseMediaType(`text/${'a'.repeat(128)}`)).toBeUndefined();
    expect(parseMediaType(`text/csv;a=${'b'.repeat(600)}`)).toBeUndefined();
  });
});

describe('charsetOf', () => {
  it('gives the charset in lower case, or nothing', () => {
    expect(charsetOf('text/csv; charset="ISO-8859-2"')).toBe('iso-8859-2');
    expect(charsetOf('text/csv')).toBeUndefined();
    expect(charsetOf('garbage')).toBeUndefined();
  });
});

describe('mediaTypeOfFile', () => {
  it('goes by the last extension, and falls back to bytes', () => {
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

import { describe, expect, it } from 'vitest';
import { detectFormat } from './detect-format.ts';

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

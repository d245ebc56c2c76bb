import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachmentHeader, parseFileName } from './content-disposition.ts';

describe('Content-Disposition', () => {
  it('names the file in ASCII and in UTF-8', () => {
    expect(attachmentHeader('report.csv')).toBe(`attachment; filename="report.csv"; filename*=UTF-8''report.csv`);
    expect(attachmentHeader('żółw "1" 100%.txt')).toBe(
      `attachment; filename="___w _1_ 100_.txt"; filename*=UTF-8''%C5%BC%C3%B3%C5%82w%20%221%22%20100%25.txt`,
    );
  });

  it('is a header value, and gives the same name back, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const header = attachmentHeader(name);
        validateHeaderValue('Content-Disposition', header);
        expect(header).toMatch(/^[\x20-\x7e]+$/);
        expect(parseFileName(header)).toBe(name.toWellFormed());
      }),
    );
  });

  it.each([
    ['attachment; filename="a b.txt"', 'a b.txt'],
    ['attachment; filename=plain.txt; size=3', 'plain.txt'],
    [String.raw`attachment; filename="a \"quoted\" name"`, 'a "quoted" name'],
    [`attachment; filename="x"; filename*=utf-8'en'%e2%82%ac.txt`, '€.txt'],
    ["attachment; filename*=UTF-8''%E0%A4%A", undefined],
    ['attachment', undefined],
    [undefined, undefined],
  ])('%s names %s', (header, name) => {
    expect(parseFileName(header)).toBe(name);
  });
});

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compress, negotiateCoding } from './compress.ts';

describe('the coding of a response', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['deflate, zstd', undefined],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['BR;q=0.5, gzip', 'gzip'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['gzip;q=0, br;q=0', undefined],
  ])('for Accept-Encoding %s is %s', (header, coding) => expect(negotiateCoding(header)).toBe(coding));

  it('is what the body has', async () => {
    const text = 'signalbox '.repeat(1_000);
    expect(String(brotliDecompressSync(await compress(text, 'br')))).toBe(text);
    expect(String(gunzipSync(await compress(Buffer.from(text), 'gzip')))).toBe(text);
  });
});

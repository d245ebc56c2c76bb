import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { decodeBase64 } from './decode-base64.ts';

describe('decodeBase64', () => {
  it('returns the bytes that were encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...decodeBase64(Buffer.from(bytes).toString('base64'), 1024)]).toEqual([...bytes]);
      }),
    );
  });

  it.each([
    'A',
    'AA',
    'AAA',
    'AA=A',
    'A===',
    'AA==AA==',
    'AB==',
    'AAB=',
    'A-_A',
    'AA A',
    'AAAA\n',
    '====',
    'AAA\u0100',
  ])('rejects %j', (text) =>
    expect(() => decodeBase64(text, 1024)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' })),
  );

  it('accepts exactly the texts that equal the encoding of their result', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABQgw+/=-_ '), maxLength: 12 }), (text) => {
        try {
          expect(Buffer.from(decodeBase64(text, 1024)).toString('base64')).toBe(text);
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          expect(Buffer.from(text, 'base64').toString('base64')).not.toBe(text);
        }
      }),
    );
  });

  it('rejects by length, before decoding', () => {
    expect(() => decodeBase64('A'.repeat(4000), 100)).toThrow(expect.objectContaining({ code: 'RESOURCE_TOO_LARGE' }));
  });
});

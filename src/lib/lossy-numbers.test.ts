import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { losesDigits, lossyNumberIn } from './lossy-numbers.ts';

describe('losesDigits', () => {
  it.each(['9007199254740993', '-998877665544332211', '1e400', '-1E+400', '1e-400', '12345678901234567.89', '2e999'])(
    'is true for %s',
    (text) => expect(losesDigits(text)).toBe(true),
  );

  it.each([
    ...['0', '-0', '0.0e5', '9007199254740991', '9007199254740992', '100000000000000000000', '1e23', '6.02214076e23'],
    ...['0.1', '0.10000000000000001', '3.14159265358979323846', '1.7976931348623157e308', '5e-324', '1E2'],
  ])('is false for %s', (text) => expect(losesDigits(text)).toBe(false));

  it('is false for whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(losesDigits(JSON.stringify(number))).toBe(false);
      }),
    );
  });

  it('is true for a whole number if and only if a number of JavaScript prints other digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (int) => {
        expect(losesDigits(String(int))).toBe(String(Number(int)) !== String(int));
      }),
    );
  });
});

it('finds the first number that loses digits, and none in strings', () => {
  expect(lossyNumberIn('{"9007199254740993":"9007199254740993 \\" 1e400","b":[1.5,1e400]}')).toBe('1e400');
  expect(lossyNumberIn('{"a":["\\\\",9007199254740993,1e400]}')).toBe('9007199254740993');
  expect(lossyNumberIn(`["7e1${'\\\\n"'.repeat(3_000_000)}",1]`)).toBeUndefined();
  const hostile = `1${'0'.repeat(1_000_000)}1`;
  expect(lossyNumberIn(`[${hostile}]`)).toBe(hostile);
  expect(lossyNumberIn('["run_01a227fc17b27469a293dd8987c93d3f",1e3]')).toBeUndefined();
});

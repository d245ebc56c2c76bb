import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { type ValueOptions, valueConverters } from './csv-values.ts';

const fault = (what: string) => new Fault('BAD_INPUT', what);

/** The JSON text of a value in the column `a`. */
const convert = (value: string, options: ValueOptions) => valueConverters(['a', 'b'], options)[0]?.(value, fault);
const number = (value: string, decimalSeparator?: '.' | ',') =>
  convert(value, { numbers: ['a'], ...(decimalSeparator && { decimalSeparator }) });
const date = (value: string, dateFormat?: string) =>
  convert(value, { dates: ['a'], ...(dateFormat && { dateFormat }) });

describe('numbers', () => {
  it.each([
    ['1,50', ',', '1.50'],
    ['1.234.567,8', ',', '1234567.8'],
    ['1 234,5', ',', '1234.5'],
    ['1\u00a0234\u202f567', ',', '1234567'],
    ["1'234.5", '.', '1234.5'],
    ['-1,234.50', '.', '-1234.50'],
    ['\u22127', '.', '-7'],
    ['+007', '.', '7'],
    [',5', ',', '0.5'],
    [' 998877665544332211 ', '.', '998877665544332211'],
    ['', ',', 'null'],
    [' ', ',', 'null'],
  ] as const)('%j with the separator %j is %s', (value, separator, expected) => {
    expect(number(value, separator)).toBe(expected);
  });

  it.each([
    ['1.5', ','],
    ['1,5', '.'],
    ['1,2,3', ','],
    ['12.34.567', ','],
    ['5 %', '.'],
    ['1e5', '.'],
    ['-', '.'],
    ['Tea', '.'],
  ] as const)('%j with the separator %j is refused', (value, separator) => {
    expect(() => number(value, separator)).toThrow(/is not a number with the decimal separator/);
  });
});

describe('dates', () => {
  it.each([
    ['24.12.2031', 'DD.MM.YYYY', '"2031-12-24"'],
    ['4.2.2031', 'D.M.YYYY', '"2031-02-04"'],
    ['12/24/2031', 'MM/DD/YYYY', '"2031-12-24"'],
    ['20311224', 'YYYYMMDD', '"2031-12-24"'],
    ['24.12.2031 18:30', 'DD.MM.YYYY HH:mm', '"2031-12-24T18:30:00"'],
    ['2028-02-29', undefined, '"2028-02-29"'],
    ['', 'DD.MM.YYYY', 'null'],
  ])('%j of the format %j is %s', (value, format, expected) => {
    expect(date(value, format)).toBe(expected);
  });

  it.each([
    ['29.02.2031', 'DD.MM.YYYY'],
    ['31.04.2031', 'DD.MM.YYYY'],
    ['2031-12-24', 'DD.MM.YYYY'],
    ['24x12x2031', 'DD.MM.YYYY'],
    ['24.12.2031 24:00', 'DD.MM.YYYY HH:mm'],
  ])('%j of the format %j is refused', (value, format) => {
    expect(() => date(value, format)).toThrow(/is not a date of the format/);
  });

  it.each(['DD.MM', 'YYYY', 'DD.MM.YYYY D'])('the format %j is refused', (format) => {
    expect(() => date('1', format)).toThrow(/must have YYYY, MM \(or M\) and DD \(or D\), each once/);
  });
});

it('names a column that does not exist, and one that is similar', () => {
  expect(() => valueConverters(['price'], { numbers: ['prise'] })).toThrow(
    'CSV: numbers names "prise", which is not a column. Did you mean price?',
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../lib/json.ts';
import { createCsvToJson } from './csv-to-json.ts';
import { parseExactJson } from './json/exact-json.ts';
import { jsonToCsv } from './json-to-csv.ts';

/** @param data JSON text if it is a string */
function csv(data: Json, options: { delimiter?: string; fields?: readonly string[] } = {}): string {
  let text = '';
  jsonToCsv(
    parseExactJson(typeof data === 'string' ? data : JSON.stringify(data)),
    { delimiter: ',', ...options },
    (piece) => {
      text += piece;
    },
  );
  return text;
}

function json(text: string, delimiter: string): Json {
  let result = '';
  const reader = createCsvToJson({ delimiter, header: true }, (piece) => {
    result += piece;
  });
  reader.push(text);
  reader.end();
  return JSON.parse(result) as Json;
}

describe('JSON as CSV', () => {
  it('writes a header and a record for each object, ended by CRLF', () => {
    expect(csv([{ a: 'x', b: 1 }, { a: 'y' }])).toBe('a,b\r\nx,1\r\ny,\r\n');
  });

  it('takes the columns in the order in which they first occur, or as they are named', () => {
    const data = [{ b: '1' }, { a: '2', b: '3', c: '4' }];
    expect(csv(data)).toBe('b,a,c\r\n1,,\r\n3,2,4\r\n');
    expect(csv(data, { fields: ['c', 'nope', 'a'] })).toBe('c,nope,a\r\n,,\r\n4,,2\r\n');
    expect(csv({ fields: ['c', 'b'], rows: data })).toBe('c,b,a\r\n,1,\r\n4,3,2\r\n');
  });

  it('writes null as nothing, and lists and objects as JSON text', () => {
    const row = { n: null, f: false, x: 1e21, list: [1, 'a'], object: { a: null } };
    expect(csv([row])).toBe('n,f,x,list,object\r\n,false,1e+21,"[1,""a""]","{""a"":null}"\r\n');
  });

  it('takes columns that are numbers in the order in which they first occur', () => {
    expect(csv('[{"city":"Oslo","2031":5,"2029":4},{"city":"Bergen","2030":6}]')).toBe(
      'city,2031,2029,2030\r\nOslo,5,4,\r\nBergen,,,6\r\n',
    );
    expect(csv('{"fields":["7","1"],"rows":[{"1":"a","0":"b","7":"c"}]}')).toBe('7,1,0\r\nc,a,b\r\n');
    expect(csv('[{"7":{"2":1,"1":2}}]')).toBe('7\r\n"{""2"":1,""1"":2}"\r\n');
  });

  it('writes numbers digit by digit', () => {
    expect(csv('[{"id":998877665544332211,"price":7.50},{"id":36893488147419103233,"price":1}]')).toBe(
      'id,price\r\n998877665544332211,7.50\r\n36893488147419103233,1\r\n',
    );
    expect(csv('[{"big":2e999,"list":[-0,1E-400]}]')).toBe('big,list\r\n2e999,"[-0,1E-400]"\r\n');
  });

  it('quotes what needs quotes, by the delimiter in use', () => {
    expect(csv([{ a: 'x"y', b: 'x,y', c: 'x\ny' }])).toBe('a,b,c\r\n"x""y","x,y","x\ny"\r\n');
    expect(csv([{ a: 'x;y,z', b: ' ' }], { delimiter: ';' })).toBe('a;b\r\n"x;y,z"; \r\n');
    for (const delimiter of ['^', '-', '\\', ']', '|', '.', '\t']) {
      expect(csv([{ a: `x${delimiter}y`, b: 'z' }], { delimiter })).toBe(
        `a${delimiter}b\r\n"x${delimiter}y"${delimiter}z\r\n`,
      );
    }
  });

  it('does nothing to what a spreadsheet takes for a formula', () => {
    expect(csv([{ a: '=1+1', b: '@x' }])).toBe('a,b\r\n=1+1,@x\r\n');
  });

  it('reads no column from what every object inherits', () => {
    expect(csv([{ a: '1' }], { fields: ['constructor', '__proto__'] })).toBe('constructor,__proto__\r\n,\r\n');
  });

  it('is empty for an empty list', () => {
    expect(csv([])).toBe('');
    expect(csv([], { fields: ['a'] })).toBe('a\r\n');
  });

  it.each([[{ a: 1 }], ['"text"'], [[1]], [[{ a: 1 }, null]], [{ rows: [[1]] }]] satisfies [Json][])(
    'refuses %j',
    (data) => {
      expect(() => csv(data)).toThrow(/CSV requires a list of objects/);
    },
  );

  it('refuses more columns than its reader takes', () => {
    const wide = Object.fromEntries(Array.from({ length: 16_385 }, (_, i) => [`c${i}`, 1]));
    expect(() => csv([wide])).toThrow(/at most 16384 columns/);
  });

  it('is read back as the same fields and rows', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\t', '|', '\n', '\r', ' ', '😀', '=') });
    const table = fc
      .tuple(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), fc.array(fc.array(cell)))
      .map(([fields, rows]) => ({
        fields,
        rows: rows.map((values) => Object.fromEntries(fields.map((field, i) => [field, values[i] ?? '']))),
      }));
    fc.assert(
      fc.property(table, fc.constantFrom(',', ';', '\t', '|', '^'), (data, delimiter) => {
        expect(json(csv(data, { delimiter }), delimiter)).toEqual(data);
      }),
    );
  });
});

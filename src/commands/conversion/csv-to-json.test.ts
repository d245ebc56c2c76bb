import { describe, expect, it } from 'vitest';
import type { Json } from '../../lib/json.ts';
import { type CsvToJsonOptions, createCsvToJson } from './csv-to-json.ts';

function convert(text: string, options: Partial<CsvToJsonOptions> = {}) {
  let json = '';
  const reader = createCsvToJson({ delimiter: ',', header: true, ...options }, (piece) => {
    json += piece;
  });
  reader.push(text);
  const notes = reader.end();
  return { value: JSON.parse(json) as Json, json, notes };
}

describe('CSV as JSON', () => {
  it('is fields and rows, with every value a string', () => {
    expect(convert('id,name,price\n1,"Tea ""green""",2.50\n2,"Two\nlines",\n')).toEqual({
      value: {
        fields: ['id', 'name', 'price'],
        rows: [
          { id: '1', name: 'Tea "green"', price: '2.50' },
          { id: '2', name: 'Two\nlines', price: '' },
        ],
      },
      json: expect.any(String),
      notes: [],
    });
  });

  it('has numbers and dates in the columns that have them, and refuses other values with line and column', () => {
    const options = {
      delimiter: ';',
      numbers: ['price'],
      decimalSeparator: ',',
      dates: ['day'],
      dateFormat: 'DD.MM.YYYY',
    } as const;
    const csv = 'name;price;day\nTea;1.234,50;24.12.2031\n7;;\n';
    expect(convert(csv, options).json).toBe(
      '{"fields":["name","price","day"],"rows":[{"name":"Tea","price":1234.50,"day":"2031-12-24"},{"name":"7","price":null,"day":null}]}',
    );
    expect(() => convert(`${csv}Tea;x;\n`, options)).toThrow('CSV, line 4, column 2: "x" is not a number');
  });

  it('names the columns by number when there is no header', () => {
    expect(convert('a,b\nc,d\n', { header: false }).value).toEqual({
      fields: ['column1', 'column2'],
      rows: [
        { column1: 'a', column2: 'b' },
        { column1: 'c', column2: 'd' },
      ],
    });
  });

  it('reports ragged rows and loses nothing of them', () => {
    const { value, notes } = convert('a,b,c\n1,2\n1,2,3\n\n1,2,3,4,5\n');
    expect(value).toEqual({
      fields: ['a', 'b', 'c'],
      rows: [
        { a: '1', b: '2' },
        { a: '1', b: '2', c: '3' },
        { a: '1', b: '2', c: '3', column4: '4', column5: '5' },
      ],
      ragged: {
        count: 2,
        rows: [
          { row: 1, line: 2, expected: 3, got: 2 },
          { row: 3, line: 5, expected: 3, got: 5 },
        ],
      },
    });
    expect(notes).toEqual(['2 of 3 rows do not have 3 values: 1, 3.']);
  });

  it('counts all ragged rows and lists the first hundred', () => {
    const { value, notes } = convert(`a,b\n${'1\n'.repeat(250)}`);
    const { ragged } = value as { ragged: { count: number; rows: unknown[] } };
    expect([ragged.count, ragged.rows.length]).toEqual([250, 100]);
    expect(notes).toEqual(['250 of 250 rows do not have 2 values: 1, 2, 3, 4, 5, ….']);
  });

  it('makes names unique, and says which it changed', () => {
    const { value, notes } = convert('a,,a,a_2,a\n1,2,3,4,5,6\n');
    expect(value).toMatchObject({
      fields: ['a', 'column2', 'a_2', 'a_2_2', 'a_3'],
      rows: [{ a: '1', column2: '2', a_2: '3', a_2_2: '4', a_3: '5', column6: '6' }],
      renamed: {
        count: 4,
        columns: [
          { column: 2, from: '', to: 'column2' },
          { column: 3, from: 'a', to: 'a_2' },
          { column: 4, from: 'a_2', to: 'a_2_2' },
          { column: 5, from: 'a', to: 'a_3' },
        ],
      },
    });
    expect(notes).toContain('4 column names were empty or not unique, and were changed.');
  });

  it('keeps names that mean something in JavaScript', () => {
    const { json } = convert('__proto__,constructor,2,1\na,b,c,d\n');
    expect(json).toBe(
      '{"fields":["__proto__","constructor","2","1"],"rows":[{"__proto__":"a","constructor":"b","2":"c","1":"d"}]}',
    );
  });

  it('is empty for an empty text, and without rows for a header alone', () => {
    expect(convert('').value).toEqual({ fields: [], rows: [] });
    expect(convert('a,b').value).toEqual({ fields: ['a', 'b'], rows: [] });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestContext, type TestCommandContext } from '../../test/support/commands/command-context.ts';
import { convertToCsv } from './convert-to-csv.ts';

let test: TestCommandContext;
beforeAll(async () => {
  test = await createTestContext();
});
afterAll(() => test.close());

const source = { text: { text: '[{"a":"x,y","b":1},{"b":{"c":[2]}}]' } };

describe('convertToCsv', () => {
  it('writes a list of objects', async () => {
    expect(await test.run(convertToCsv, { source })).toMatchObject({
      mediaType: 'text/csv; charset=utf-8',
      text: 'a,b\r\n"x,y",1\r\n,"{""c"":[2]}"\r\n',
    });
  });

  it('takes the delimiter and the columns that it is told', async () => {
    expect((await test.run(convertToCsv, { source, delimiter: '\t', fields: ['b'] })).text).toBe(
      'b\r\n1\r\n"{""c"":[2]}"\r\n',
    );
    expect((await test.run(convertToCsv, { source, delimiter: ';' })).text).toContain('x,y;1\r\n');
  });

  it('gives CSV another delimiter', async () => {
    const csv = { text: { text: 'a;b\n1;2\n', mediaType: 'text/csv' } };
    expect((await test.run(convertToCsv, { source: csv })).text).toBe('a,b\r\n1,2\r\n');
  });

  it('bounds a result that grows with the square of its source', async () => {
    const rows = Array.from({ length: 16_000 }, (_, i) => ({ [`c${i}`]: 1 }));
    const square = { text: { text: JSON.stringify(rows) } };
    const run = test.run(convertToCsv, { source: square }, { maxBytes: 10 * 2 ** 20 });
    await expect(run).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    expect(await test.scratchFiles()).toEqual([]);
  });

  it('takes data instead of a source, and not both', async () => {
    expect((await test.run(convertToCsv, { data: [{ a: 1, b: 'x' }] })).text).toBe('a,b\r\n1,x\r\n');
    await expect(test.run(convertToCsv, { data: [], source })).rejects.toMatchObject({
      violations: [{ path: '/data' }],
    });
    await expect(test.run(convertToCsv, {})).rejects.toMatchObject({ violations: [{ path: '/source' }] });
    const schemaUri = 'data:application/json,{"maxItems":0}';
    await expect(test.run(convertToCsv, { data: [{}], schemaUri })).rejects.toMatchObject({ code: 'SCHEMA_VIOLATION' });
  });

  it('refuses what is no table', async () => {
    const run = test.run(convertToCsv, { source: { text: { text: '{"a":1}' } } });
    await expect(run).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

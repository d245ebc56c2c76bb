import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestContext, type TestCommandContext } from '../../test/support/commands/command-context.ts';
import { Fault } from '../core/errors.ts';
import { convertToJson } from './convert-to-json.ts';
import { fetch } from './fetch.ts';

let test: TestCommandContext;
beforeAll(async () => {
  test = await createTestContext();
});
afterAll(() => test.close());
afterEach(async () => {
  expect(await test.scratchFiles()).toEqual([]);
});

const text = (content: string, mediaType?: string) => ({ text: { text: content, ...(mediaType && { mediaType }) } });
const json = async (options: Parameters<typeof test.run>[1]) =>
  JSON.parse((await test.run(convertToJson, options)).text) as unknown;

describe('convertToJson', () => {
  it('converts CSV to fields and rows, whatever its delimiter', async () => {
    const expected = { fields: ['name', 'price'], rows: [{ name: 'Tea, green', price: '2,50' }] };
    expect(await json({ source: text('name;price\r\nTea, green;2,50\r\n', 'text/csv') })).toEqual(expected);
    expect(await json({ source: text('name\tprice\nTea, green\t2,50\n', 'text/tab-separated-values') })).toEqual(
      expected,
    );
    expect(await json({ source: text('name^price\nTea, green^2,50\n'), mode: 'CSV', delimiter: '^' })).toEqual(
      expected,
    );
    expect(await json({ source: text('Tea|2.50\n'), mode: 'CSV', header: false })).toEqual({
      fields: ['column1', 'column2'],
      rows: [{ column1: 'Tea', column2: '2.50' }],
    });
  });

  it('logs ragged rows and renamed columns of the CSV', async () => {
    await test.run(convertToJson, { source: text('a,a\n1\n', 'text/csv') });
    expect(test.logged.slice(-2)).toEqual([
      { level: 'WARN', text: '1 of 1 rows do not have 2 values: 1.' },
      { level: 'WARN', text: '1 column names were empty or not unique, and were changed.' },
    ]);
  });

  it('does not change JSON, including digits and order', async () => {
    const source = text('\n{"b": 12345678901234567890.10, "a": [ ]}\n', 'application/json');
    const result = await test.run(convertToJson, { source });
    expect(result).toMatchObject({ text: '{"b": 12345678901234567890.10, "a": [ ]}', mediaType: 'application/json' });
  });

  it('reads text/tab-separated-values without quoting, and other CSV with tabs with it', async () => {
    const tsv = 'part\tsize\npipe\t3/4" wide\n';
    const expected = { fields: ['part', 'size'], rows: [{ part: 'pipe', size: '3/4" wide' }] };
    expect(await json({ source: text(tsv, 'text/tab-separated-values') })).toEqual(expected);
    expect(await json({ source: { uri: await test.file('parts.tsv', tsv) } })).toEqual(expected);
    const quoted = 'part\tsize\npipe\t"3/4"" wide"\n';
    expect(await json({ source: text(quoted, 'text/csv') })).toEqual(expected);
  });

  it('takes the delimiter that the first line names, which is no record', async () => {
    const expected = { fields: ['name', 'price'], rows: [{ name: 'Tea, green|mint', price: '2,50' }] };
    for (const first of ['sep=;\r\n', '"sep=;"\n', 'Sep=;\r'])
      for (const mediaType of ['text/csv', undefined])
        expect(await json({ source: text(`${first}name;price\nTea, green|mint;2,50\n`, mediaType) })).toEqual(expected);
    const other = await json({ source: text('sep=;\na|b\n1|2\n', 'text/csv'), delimiter: '|' });
    expect(other).toEqual({ fields: ['a', 'b'], rows: [{ a: '1', b: '2' }] });
  });

  it('reads numbers and dates as the options say', async () => {
    const source = text('price;day\n"1.234,5";24.12.2031\n', 'text/csv');
    const options = { numbers: ['price'], decimalSeparator: ',', dates: ['day'], dateFormat: 'DD.MM.YYYY' };
    expect(await json({ source, ...options })).toMatchObject({ rows: [{ price: 1234.5, day: '2031-12-24' }] });
    await expect(json({ source, numbers: ['price'] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('line 2, column 1: "1.234,5" is not a number'),
    });
  });

  it('converts XML to an object and other text to a list', async () => {
    expect(await json({ source: text('<a x="1"><b>t</b></a>') })).toEqual({ a: { '@x': '1', b: 't' } });
    expect(await json({ source: text('Dear all,\nhello') })).toEqual(['Dear all,', 'hello']);
    expect(await json({ source: text('a,b\n1,2\n'), mode: 'LINES' })).toEqual(['a,b', '1,2']);
  });

  it('reads charsets by mark, media type and XML declaration', async () => {
    const latin2 = (content: string, mediaType: string) => ({
      bytes: { base64: Buffer.from(content, 'latin1').toString('base64'), mediaType },
    });
    const mark = `\ufeffname,price\nżółć,1\n`;
    const bom = { bytes: { base64: Buffer.from(mark, 'utf16le').toString('base64'), mediaType: 'text/csv' } };
    const named = { fields: ['name', 'price'], rows: [{ name: 'żółć', price: '1' }] };
    expect(await json({ source: bom })).toEqual(named);
    expect(await json({ source: text(mark, 'text/csv') })).toEqual(named);
    const bytes = 'name,price\n\u00bf\u00f3\u00b3\u00e6,1\n';
    expect(await json({ source: latin2(bytes, 'text/csv;charset=iso-8859-2') })).toEqual(named);
    const xml = '<?xml version="1.0" encoding="iso-8859-2"?><a>\u00bf</a>';
    expect(await json({ source: latin2(xml, 'application/xml') })).toEqual({ a: 'ż' });
  });

  it('reads a URI in the charset and the format that the caller states', async () => {
    const uri = await test.file('export.dat', Buffer.from('name;price\n\u00bf\u00f3\u00b3\u00e6;1\n', 'latin1'));
    const expected = { fields: ['name', 'price'], rows: [{ name: 'żółć', price: '1' }] };
    expect(await json({ source: { uri, charset: 'windows-1250' } })).toEqual(expected);
    const tsv = { uri, mediaType: 'text/tab-separated-values', charset: 'windows-1250' };
    expect(await json({ source: tsv })).toEqual({ fields: ['name;price'], rows: [{ 'name;price': 'żółć;1' }] });
    await expect(json({ source: { uri, charset: 'klingon' } })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    for (const source of [
      { text: { text: 'a' }, charset: 'utf-8' },
      { charset: 'utf-8' },
      { uri, text: { text: 'a' } },
    ])
      await expect(json({ source })).rejects.toMatchObject({ code: 'BAD_INPUT', violations: expect.anything() });
  });

  it.each(['ISO-8859-2', 'UTF-16', 'windows-1250', 'klingon'])(
    'does not decode characters again by their declaration, which names %s',
    async (encoding) => {
      const xml = `<?xml version="1.0" encoding="${encoding}"?><river>Žitava í ő</river>`;
      for (const mediaType of ['application/xml', 'text/xml', 'text/xml; charset=iso-8859-2', undefined])
        expect(await json({ source: text(xml, mediaType) })).toEqual({ river: 'Žitava í ő' });
    },
  );

  it('keeps what characters are for the step after: the media type of the result states UTF-8', async () => {
    const xml = '<?xml version="1.0" encoding="ISO-8859-2"?><river>Žitava</river>';
    const fetched = await test.run(fetch, { source: text(xml, 'application/xml') });
    expect(fetched.mediaType).toBe('application/xml;charset=utf-8');
    const bytes = { base64: fetched.bytes.toString('base64'), mediaType: fetched.mediaType };
    expect(await json({ source: { bytes } })).toEqual({ river: 'Žitava' });
  });

  it.each([
    ['bytes that are not text', { bytes: { base64: '/////w==', mediaType: 'text/csv' } }],
    ['invalid JSON', text('{"a": tea}', 'application/json')],
    ['CSV with an open quote', text('a,b\n"c\n', 'text/csv')],
    ['a billion laughs', text('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')],
    ['JSON that nests without end', text('['.repeat(100_000))],
    ['XML that nests without end', text('<a>'.repeat(50_000))],
  ])('refuses %s', async (_, source) => {
    await expect(test.run(convertToJson, { source })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('checks the result against a schema', async () => {
    const schema = { properties: { rows: { items: { properties: { price: { pattern: '^[0-9.]+$' } } } } } };
    const schemaUri = `data:application/json,${encodeURIComponent(JSON.stringify(schema))}`;
    const good = await test.run(convertToJson, { source: text('name,price\nTea,2.50\n', 'text/csv'), schemaUri });
    expect(JSON.parse(good.text)).toMatchObject({ rows: [{ price: '2.50' }] });
    const bad = test.run(convertToJson, { source: text('name,price\nTea,dear\n', 'text/csv'), schemaUri });
    await expect(bad).rejects.toMatchObject({
      code: 'SCHEMA_VIOLATION',
      violations: [{ path: '/rows/0/price', keyword: 'pattern' }],
    });
    const rows = Array.from({ length: 40_000 }, (_, i) => `Tea ${i},dear\n`).join('');
    const large = await test.file('dear.csv', `name,price\n${rows}`);
    const violated = test.run(convertToJson, { source: { uri: large }, schemaUri });
    await expect(violated).rejects.toMatchObject({ code: 'SCHEMA_VIOLATION', violations: { length: 100 } });
  });

  it('streams a large CSV through a worker', async () => {
    const rows = 400_000;
    const row = (i: number) => `${i},"Product, no. ${i}",${i % 1000}.50,"żółć ""${i}"""\r\n`;
    const uri = await test.file('large.csv', '\ufeffid,name,price,note\r\n');
    const file = createWriteStream(test.pathOf('large.csv'), { flags: 'a' });
    for (let i = 0; i < rows; i += 1) if (!file.write(row(i))) await once(file, 'drain');
    await new Promise((resolve) => file.end(resolve));

    const { text: result, as } = await test.run(convertToJson, { source: { uri } });
    expect(as).toBe('file');
    const { fields, rows: found, ...rest } = JSON.parse(result) as { fields: string[]; rows: object[] };
    expect(fields).toEqual(['id', 'name', 'price', 'note']);
    expect(rest).toEqual({});
    expect(found).toHaveLength(rows);
    for (const i of [0, 1, 123_456, rows - 1]) {
      const expected = { id: `${i}`, name: `Product, no. ${i}`, price: `${i % 1000}.50`, note: `żółć "${i}"` };
      expect(found[i]).toEqual(expected);
    }
  });

  it('converts large lines, XML and JSON in a worker too', async () => {
    const line = 'x'.repeat(99);
    const lines = await test.run(convertToJson, {
      source: { uri: await test.file('a.txt', `${line}\n`.repeat(4_000)) },
    });
    expect(JSON.parse(lines.text)).toEqual(Array.from({ length: 4_000 }, () => line));
    const xml = await test.run(convertToJson, {
      source: { uri: await test.file('a.xml', `<a>${'<b>c</b>'.repeat(40_000)}</a>`) },
    });
    expect(JSON.parse(xml.text)).toEqual({ a: { b: Array.from({ length: 40_000 }, () => 'c') } });
    const list = JSON.stringify(Array.from({ length: 40_000 }, (_, i) => ({ i })));
    const same = await test.run(convertToJson, { source: { uri: await test.file('a.json', list) } });
    expect([same.text, lines.as, xml.as, same.as]).toEqual([list, 'file', 'file', 'file']);
  });

  it('uses a worker when a small input has a large result', async () => {
    const source = text(`${'n'.repeat(20_000)}\n${'1\n'.repeat(1_000)}`, 'text/csv');
    const result = await test.run(convertToJson, { source, mode: 'CSV' });
    expect(result.as).toBe('file');
    expect((JSON.parse(result.text) as { rows: unknown[] }).rows).toHaveLength(1_000);
    const most = test.run(convertToJson, { source, mode: 'CSV' }, { maxBytes: 5 * 2 ** 20 });
    await expect(most).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
  });

  it('rejects an input that must fit in memory and is too large', async () => {
    const uri = await test.file('large.xml', `<a>${' '.repeat(8 * 2 ** 20)}</a>`);
    await expect(test.run(convertToJson, { source: { uri } })).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    const many = await test.file('many.json', `[${'1,'.repeat(2_500_000)}1]`);
    await expect(test.run(convertToJson, { source: { uri: many } })).rejects.toMatchObject({
      code: 'RESOURCE_TOO_LARGE',
    });
  });

  it('leaves no file behind after an error or a cancellation', async () => {
    const uri = await test.file('broken.csv', `a,b\n${'1,2\n'.repeat(200_000)}"open`);
    const broken = test.run(convertToJson, { source: { uri } });
    await expect(broken).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('line 200002') });
    const stop = new AbortController();
    const cpu: typeof test.context.cpu = {
      ...test.context.cpu,
      run: (task, input, options) => {
        queueMicrotask(() => stop.abort(new Fault('TIMEOUT', 'The step took too long.')));
        return test.context.cpu.run(task, input, options);
      },
    };
    const stopped = test.run(convertToJson, { source: { uri } }, { signal: stop.signal, cpu });
    await expect(stopped).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertToCsv } from '../src/commands/convert-to-csv.ts';
import { convertToJson } from '../src/commands/convert-to-json.ts';
import { render } from '../src/commands/render.ts';
import { createTestContext, type TestCommandContext } from '../test/support/commands/command-context.ts';

const folder = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

let test: TestCommandContext;
beforeAll(async () => {
  const localRoots = ['data', 'schemas'].map((name) => ({ name: `/${name}`, folder: folder(name) }));
  test = await createTestContext({ localRoots });
});
afterAll(() => test.close());

const source = { uri: 'file:///data/products.csv' };

describe('the example data', () => {
  it('products.csv fits its schema', async () => {
    const { text } = await test.run(convertToJson, { source, schemaUri: 'file:///schemas/products.json' });
    const { rows, ragged } = JSON.parse(text) as { rows: Record<string, string>[]; ragged?: unknown };
    expect([rows.length, ragged]).toEqual([7, undefined]);
    expect(rows[1]).toMatchObject({
      name: 'Tea "Assam" 250 g',
      description: 'Malty and strong.\nSteep for four minutes.',
    });
  });

  it('products.csv violates the strict schema in two places', async () => {
    const run = test.run(convertToJson, { source, schemaUri: 'file:///schemas/strict-products.json' });
    await expect(run).rejects.toMatchObject({
      code: 'SCHEMA_VIOLATION',
      violations: [
        { path: '/rows/2/stock', keyword: 'pattern' },
        { path: '/rows/6/stock', keyword: 'pattern' },
      ],
    });
  });

  it('public/countries.csv fits its schema, with the delimiter found out', async () => {
    const options = {
      source: { uri: 'file:///data/public/countries.csv' },
      schemaUri: 'file:///schemas/public-countries.json',
    };
    const { text } = await test.run(convertToJson, options);
    expect((JSON.parse(text) as { rows: unknown[] }).rows[4]).toMatchObject({
      name: 'Korea, Republic of',
      capital: 'Seoul',
    });
  });

  it('public/books.xml and public/stations.json are what they are called', async () => {
    const xml = await test.run(convertToJson, { source: { uri: 'file:///data/public/books.xml' } });
    const note = 'A ghost story & a railway story. <"Halloa! Below there!">';
    expect(JSON.parse(xml.text)).toMatchObject({ library: { book: [{ '@id': 'b1', 'dc:title': 'Lalka' }, { note }] } });
    const csv = await test.run(convertToCsv, { source: { uri: 'file:///data/public/stations.json' } });
    expect(csv.text).toContain('KRK,Kraków Główny,5,"[""3""]"\r\n');
  });

  it('report.j2 renders the products', async () => {
    const { text } = await test.run(render, { source, templateUri: 'file:///data/report.j2', title: 'Stock' });
    expect(text).toContain('<li><strong>Biscuits &lt;butter&gt; &amp; &#34;salt&#34;</strong>: 3.40 € (sold out)</li>');
    expect(text).toContain('<p>7 products in 3 categories.</p>');
  });
});

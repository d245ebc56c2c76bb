import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestContext, type TestCommandContext } from '../../test/support/commands/command-context.ts';
import { render } from './render.ts';

let test: TestCommandContext;
beforeAll(async () => {
  test = await createTestContext();
});
afterAll(() => test.close());

const html = async (options: Parameters<typeof test.run>[1]) => (await test.run(render, options)).text;
const csv = { text: { text: 'name,price\nTea,2.50\nC<ke,3\n', mediaType: 'text/csv' } };

describe('render', () => {
  it('shows a table without a template', async () => {
    const result = await test.run(render, { source: csv, title: 'Products' });
    expect(result.mediaType).toBe('text/html; charset=utf-8');
    expect(result.text).toContain('<h1>Products</h1>');
    expect(result.text).toContain('<tr><td>C&lt;ke</td><td>3</td></tr>');
    expect(await html({ data: { a: 1 } })).toContain('<h1>Data</h1>');
  });

  it('gives a template the data, its members by name, and the title', async () => {
    const template = '<h1>{{ title }}</h1>{% for r in rows %}{{ r.name }} {% endfor %}{{ data.rows | length }}';
    expect(await html({ source: csv, template, title: 'T' })).toBe('<h1>T</h1>Tea C&lt;ke 2');
    expect(await html({ data: [1, 2], template: '{{ data | join("-") }}' })).toBe('1-2');
    expect(await html({ data: { data: 1, title: 2 }, template: '{{ data.data }} {{ title }}', title: 'T' })).toBe(
      '1 T',
    );
    expect(await html({ template: 'static' })).toBe('static');
  });

  it('keeps the order of columns and the digits of numbers', async () => {
    const template =
      '{% for row in data.rows %}{% for name, value in row.items() %}{{ name }}={{ value }} {% endfor %}{% endfor %}';
    const text = 'zone,id,Area\nnorth,9007199254740993,7\n';
    expect(await html({ source: { text: { text, mediaType: 'text/csv' } }, template })).toBe(
      'zone=north id=9007199254740993 Area=7 ',
    );
    const json = '{"rows": [{"2024": 9007199254740993, "name": 1.0, "2023": 2}]}';
    expect(await html({ source: { text: { text: json, mediaType: 'application/json' } }, template })).toBe(
      '2024=9007199254740993 name=1.0 2023=2 ',
    );
  });

  it('reads a template from a URI', async () => {
    const templateUri = await test.file('page.j2', '{{ data.a }}!');
    expect(await html({ data: { a: 'ż' }, templateUri })).toBe('ż!');
  });

  it.each([
    [{ data: 1, source: { uri: 'data:,1' } }, '/data'],
    [{ data: 1, template: 'a', templateUri: 'data:,a' }, '/templateUri'],
  ])('rejects contradictory options: %j', async (options, path) => {
    await expect(html(options)).rejects.toMatchObject({ code: 'BAD_INPUT', violations: [{ path }] });
  });

  it('refuses a template or data that is too large', async () => {
    const templateUri = await test.file('large.j2', 'x'.repeat(300_000));
    await expect(html({ data: 1, templateUri })).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    const uri = await test.file('large.json', JSON.stringify('x'.repeat(5_000_000)));
    await expect(html({ source: { uri }, template: 'a' })).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
  });

  it('refuses a page that is too large', async () => {
    const template = '{% for i in range(20) %}{{ "x" * 1000000 }}{% endfor %}';
    await expect(html({ template })).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
  });

  it.each([
    [
      'a loop that takes too many steps',
      '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}',
      'BAD_INPUT',
    ],
    ['a text of a billion', '{{ "x" * 1000000000 }}', 'RESOURCE_TOO_LARGE'],
    ['a search in few but long steps', '{% for i in range(100000) %}{{ -1 in l }}{% endfor %}', 'TIMEOUT'],
  ])('stops %s, and renders the next template', async (_, template, code) => {
    const data = { l: Array.from({ length: 100_000 }, (_unused, i) => i) };
    await expect(html({ data, template })).rejects.toMatchObject({ code });
    expect(await html({ data: { a: 1 }, template: '{{ a }}' })).toBe('1');
  });

  it('makes a page of large data in a worker and leaves no file behind', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},Product ${i}\n`).join('');
    const result = await test.run(render, { source: { uri: await test.file('a.csv', `id,name\n${rows}`) } });
    expect(result.as).toBe('file');
    expect(result.text).toContain('<tr><td>19999</td><td>Product 19999</td></tr>');
    expect(await test.scratchFiles()).toEqual([]);
  });
});

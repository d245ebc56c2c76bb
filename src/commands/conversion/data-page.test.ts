import { describe, expect, it } from 'vitest';
import type { Json } from '../../lib/json.ts';
import { dataPage } from './data-page.ts';
import { parseExactJson } from './json/exact-json.ts';
import { parseXml } from './xml/parse-xml.ts';

/** @param data JSON text if it is a string */
function page(data: Json, title = 'Data'): string {
  let html = '';
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  dataPage(parseExactJson(text), title, (piece) => {
    html += piece;
  });
  return html;
}

describe('the page for data', () => {
  it('shows a table for {fields, rows}, columns in the order of the fields', () => {
    const html = page({ fields: ['b', 'a'], rows: [{ a: '1', b: '2', column3: '3' }] });
    expect(html).toContain('<th scope="col">b</th><th scope="col">a</th><th scope="col">column3</th>');
    expect(html).toContain('<tr><td>2</td><td>1</td><td>3</td></tr>');
    expect(html).toContain('<p>1 row</p>');
  });

  it('shows a table for a list of objects, with numbers to the right and the rest as JSON', () => {
    const html = page([{ a: 1, b: [true] }, { b: null }]);
    expect(html).toContain('<tr><td class="number">1</td><td>[true]</td></tr>\n<tr><td></td><td></td></tr>');
  });

  it.each<[Json]>([[[]], [{ a: 1 }], [['text']], [[1, 2]], [{ rows: [{ a: 1 }] }], [null]])(
    'shows %j as JSON',
    (data) => {
      const shown = JSON.stringify(data, null, 2).replaceAll('"', '&quot;');
      expect(page(data)).toContain(`<pre tabindex="0">${shown}</pre>`);
    },
  );

  it('shows numbers digit by digit and columns in the order of the text', () => {
    const html = page('[{"2031":36893488147419103233,"2029":7.50,"x":[2e999]}]');
    expect(html).toContain('<th scope="col">2031</th><th scope="col">2029</th><th scope="col">x</th>');
    expect(html).toContain('<td class="number">36893488147419103233</td><td class="number">7.50</td><td>[2e999]</td>');
  });

  it('escapes everything', () => {
    const evil = '<script>alert("1")</script>&\'';
    const html = page([{ [evil]: evil, b: [evil] }], evil);
    expect(html).not.toContain('<script');
    expect(html.match(/&lt;script&gt;alert\((&quot;|\\&quot;)1/g)).toHaveLength(6);
    expect(page(JSON.stringify(evil))).not.toContain('<script');
  });

  it('is whole, needs nothing from elsewhere, and names its language and its table', () => {
    const html = page([{ a: '1' }], 'Products');
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<title>Products</title>');
    expect(html).toContain('role="region" aria-label="Products" tabindex="0"');
    expect(html).not.toMatch(/(src|href)=|url\(|@import/);
    // Well-formed but for the void elements, as an XML parser sees it.
    const xml = html.replace(/<!doctype html>/, '').replaceAll(/<meta[^>]*>/g, '');
    expect(parseXml(xml).name).toBe('html');
  });

  it('reads no cell from what every object inherits', () => {
    expect(page({ fields: ['constructor', 'a'], rows: [{ a: '1' }] })).toContain('<tr><td></td><td>1</td></tr>');
  });
});

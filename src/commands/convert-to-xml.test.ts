import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestContext, type TestCommandContext } from '../../test/support/commands/command-context.ts';
import { convertToJson } from './convert-to-json.ts';
import { convertToXml } from './convert-to-xml.ts';

let test: TestCommandContext;
beforeAll(async () => {
  test = await createTestContext();
});
afterAll(() => test.close());

const DATA = '{"name":"Tea & <cake>","tags":["a"],"none":[],"n":1.5,"nil":null,"a key":{"":true},"@id":"x"}';

describe('convertToXml', () => {
  it('writes XML that convertToJson turns into the same JSON', async () => {
    const xml = await test.run(convertToXml, { source: { text: { text: DATA } }, rootElement: 'product' });
    expect(xml.mediaType).toBe('application/xml; charset=utf-8');
    expect(xml.text).toContain('<product xmlns:j="urn:signalbox:json" j:type="object" id="x">');
    const back = await test.run(convertToJson, { source: { text: { text: xml.text, mediaType: xml.mediaType } } });
    expect(JSON.parse(back.text)).toEqual(JSON.parse(DATA));
  });

  it('takes data instead of a source', async () => {
    expect((await test.run(convertToXml, { data: ['a'] })).text).toContain('j:type="array"><item>a</item></root>');
  });

  it('reads a source in another format as convertToJson does', async () => {
    const { text } = await test.run(convertToXml, { source: { text: { text: 'a,b\n1,2\n', mediaType: 'text/csv' } } });
    expect(text).toContain('<item j:type="object"><a>1</a><b>2</b></item>');
  });

  it.each([['a b'], ['1a'], ['a:b'], ['xml'], ['<a>']])('refuses the root element %j', async (rootElement) => {
    const run = test.run(convertToXml, { source: { text: { text: '1' } }, rootElement });
    await expect(run).rejects.toMatchObject({ code: 'BAD_INPUT', violations: [{ path: '/rootElement' }] });
  });

  it('converts large JSON in a worker and leaves no file behind', async () => {
    const uri = await test.file('large.json', JSON.stringify(Array.from({ length: 50_000 }, (_, i) => ({ i }))));
    const { as, text } = await test.run(convertToXml, { source: { uri } });
    expect(as).toBe('file');
    expect(text).toContain('<item j:type="object"><i j:type="number">49999</i></item></root>');
    const schemaUri = 'data:application/json,{"type":"object"}';
    await expect(test.run(convertToXml, { source: { uri }, schemaUri })).rejects.toMatchObject({
      code: 'SCHEMA_VIOLATION',
    });
    expect(await test.scratchFiles()).toEqual([]);
  });
});

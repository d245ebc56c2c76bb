import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestContext, type TestCommandContext } from '../../test/support/commands/command-context.ts';
import { fetch } from './fetch.ts';

let test: TestCommandContext;
beforeAll(async () => {
  test = await createTestContext();
});
afterAll(() => test.close());

const schemaUri = `data:application/json,${encodeURIComponent('{"type":"object","required":["name"]}')}`;

describe('fetch', () => {
  it('gives the same bytes and the same media type, as a stream', async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const source = { bytes: { base64: bytes.toString('base64'), mediaType: 'image/png' } };
    expect(await test.run(fetch, { source })).toMatchObject({ mediaType: 'image/png', bytes, as: 'stream' });
  });

  it('lets JSON pass that fits the schema, digit by digit', async () => {
    const source = { text: { text: '{ "name": 1.10 }', mediaType: 'application/json' } };
    expect((await test.run(fetch, { source, schemaUri })).text).toBe('{ "name": 1.10 }');
  });

  it.each([
    ['JSON that does not fit', '{}', 'SCHEMA_VIOLATION'],
    ['what is not JSON', 'name\nTea\n', 'BAD_INPUT'],
  ])('refuses %s', async (_, text, code) => {
    await expect(test.run(fetch, { source: { text: { text } }, schemaUri })).rejects.toMatchObject({ code });
  });

  it('leaves no file behind', async () => {
    const uri = await test.file('large.json', JSON.stringify({ name: 'x'.repeat(400_000) }));
    expect((await test.run(fetch, { source: { uri }, schemaUri })).bytes.byteLength).toBe(400_011);
    const wrong = await test.file('wrong.json', JSON.stringify(['x'.repeat(400_000)]));
    await expect(test.run(fetch, { source: { uri: wrong }, schemaUri })).rejects.toMatchObject({
      code: 'SCHEMA_VIOLATION',
      violations: [{ path: '', message: 'must be object', keyword: 'type' }],
    });
    expect(await test.scratchFiles()).toEqual([]);
  });
});

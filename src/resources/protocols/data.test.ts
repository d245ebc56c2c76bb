import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';

let resources: TestResources;

beforeAll(async () => {
  resources = await createTestResources({ fetchMaxBytes: 8 * 1024 * 1024 });
});

afterAll(() => resources.close());

const fault = (code: string) => expect.objectContaining({ name: 'Fault', code });

describe('data:', () => {
  it.each([
    ['data:text/csv,a%2Cb%0A1,2', 'text/csv', 'a,b\n1,2'],
    ['data:text/csv;charset=iso-8859-2,%bf', 'text/csv;charset=iso-8859-2', 'ż'],
    ['data:text/csv;base64,YSxi', 'text/csv', 'a,b'],
    ['data:text/csv;BASE64,YSxi', 'text/csv', 'a,b'],
    ['data:text/csv;charset=utf-8;base64,xbw%3D', 'text/csv;charset=utf-8', 'ż'],
    ['data:,a', 'text/plain;charset=US-ASCII', 'a'],
    ['data:;base64,YQ==', 'text/plain;charset=US-ASCII', 'a'],
    ['data:;charset=utf-8,%C5%BC', 'text/plain;charset=utf-8', 'ż'],
    ['data:text/plain,żółć', 'text/plain', 'żółć'],
    ['data:application/json,{"a":[1,2]}', 'application/json', '{"a":[1,2]}'],
    ['data:text/plain,a?b=c&d?', 'text/plain', 'a?b=c&d?'],
    ['data:text/plain,a,b,c', 'text/plain', 'a,b,c'],
    ['data:text/plain,a%23b%20c%25', 'text/plain', 'a#b c%'],
    ['data:text/plain,', 'text/plain', ''],
    ['data:text/plain,a/../b//c%2f%00\\', 'text/plain', 'a/../b//c/\0\\'],
    ['data:text/plain;a="b";base64,YQ==', 'text/plain;a=b', 'a'],
  ])('reads %s', async (uri, mediaType, text) => {
    const body = await resources.open(uri);
    expect(body.mediaType).toBe(mediaType);
    expect(await body.text()).toBe(text);
    expect(body.uri).toBe(`data:${mediaType.replace(/;.*/, '')}`);
  });

  it.each([
    'data:text/csv',
    'data:text/csv;base64,YSx',
    'data:text/csv;base64,Y Sxi',
    'data:text/csv;base64,YSxi-_',
    'data:text/csv,100%',
    'data:text/csv,%zz',
    'data:text/csv;base64,YQ%',
  ])('rejects %s', async (uri) => {
    await expect(resources.open(uri)).rejects.toEqual(fault('BAD_INPUT'));
  });

  it('accepts a mebibyte and not a byte more, in either form', async () => {
    const most = 1024 * 1024;
    const inBase64 = (size: number) => `data:text/plain;base64,${Buffer.alloc(size, 'a').toString('base64')}`;
    for (const uri of [
      `data:text/plain,${'a'.repeat(most)}`,
      `data:text/plain,${'%61'.repeat(most)}`,
      inBase64(most),
    ]) {
      expect(await (await resources.open(uri)).bytes()).toHaveLength(most);
    }
    for (const uri of [
      `data:text/plain,${'a'.repeat(most + 1)}`,
      `data:,${'%61'.repeat(2 * most)}`,
      inBase64(most + 1),
    ]) {
      await expect(resources.open(uri)).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    }
  });

  it('returns any bytes, percent-encoded or base64', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        const base64 = encodeURIComponent(Buffer.from(bytes).toString('base64'));
        for (const uri of [`data:image/png,${percent}`, `data:image/png;base64,${base64}`]) {
          expect([...(await (await resources.open(uri)).bytes())]).toEqual([...bytes]);
        }
      }),
    );
  });

  it('shows the policy the media type, and nothing of the data', async () => {
    resources.authorizedUris.length = 0;
    await (await resources.open('data:text/csv;charset=utf-8,secret')).cancel();
    expect(resources.authorizedUris).toEqual(['data:text/csv']);
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestContext, type TestCommandContext } from '../../test/support/commands/command-context.ts';
import type { Body } from '../core/resource.ts';
import { convertToBase64 } from './convert-to-base64.ts';

let test: TestCommandContext;
beforeAll(async () => {
  test = await createTestContext();
});
afterAll(() => test.close());

describe('convertToBase64', () => {
  it.each([[0], [1], [2], [3], [400_000]])('encodes %i bytes, wherever the stream is cut', async (size) => {
    const bytes = randomBytes(size);
    const read = async () => bodyOf(bytes);
    const source = { uri: 'data:,' };
    const { text, mediaType, as } = await test.run(convertToBase64, { source }, { read });
    expect(text).toBe(bytes.toString('base64'));
    expect([mediaType, as]).toEqual(['text/plain; charset=utf-8', 'stream']);
  });

  it('encodes a file', async () => {
    const uri = await test.file('a.bin', Buffer.from([0xfb, 0xff, 0xfe]));
    expect((await test.run(convertToBase64, { source: { uri } })).text).toBe('+//+');
  });
});

/** In pieces of 1, 2, 3, … bytes. */
function bodyOf(bytes: Buffer): Body {
  async function* stream() {
    for (let at = 0, size = 1; at < bytes.byteLength; at += size, size += 1) yield bytes.subarray(at, at + size);
  }
  return {
    uri: 'data:',
    mediaType: 'a/b',
    stream,
    bytes: async () => bytes,
    text: async () => '',
    cancel: async () => {},
  };
}

import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import type { Body } from '../../core/resource.ts';
import { createBody } from './body.ts';
import type { OpenedResource } from './define-protocol.ts';

interface Given {
  readonly chunks: readonly (Uint8Array | string)[];
  readonly mediaType?: string;
  readonly size?: number;
  readonly maxBytes?: number;
  /** Never ends after the last chunk. */
  readonly hangs?: boolean;
}

/** A body of chunks that counts how often its source was released. */
function bodyOf({ chunks, mediaType = 'text/plain', size, maxBytes = 1000, hangs }: Given) {
  const stop = new AbortController();
  const record = { released: 0, pulled: 0, outcomes: [] as { bytes: number; error?: unknown }[] };
  async function* content() {
    for (const chunk of chunks) {
      record.pulled++;
      yield Buffer.from(chunk as string);
    }
    if (hangs) await new Promise(() => {});
  }
  const release = () => void record.released++;
  const opened: OpenedResource = {
    uri: 'x:y',
    mediaType,
    content: content(),
    release,
    ...(size !== undefined && { size }),
  };
  const open = () =>
    createBody(opened, { signal: stop.signal, maxBytes, onEnd: (outcome) => record.outcomes.push(outcome) });
  return { open, record, stop };
}

const inMemory = (content: Uint8Array, mediaType = 'text/plain'): Promise<Body> =>
  createBody({ uri: 'x:y', mediaType, content }, { signal: new AbortController().signal, maxBytes: 1000 });

const fault = (code: string) => expect.objectContaining({ name: 'Fault', code });

describe('createBody', () => {
  it('returns the bytes unchanged, counts them, and releases the source once', async () => {
    const { open, record } = bodyOf({ chunks: ['ab', 'c', ''] });
    expect(Buffer.from(await (await open()).bytes()).toString()).toBe('abc');
    expect(record).toMatchObject({ released: 1, outcomes: [{ bytes: 3 }] });
  });

  it('accepts exactly the limit, and ends one byte past it without reading more', async () => {
    expect(await (await bodyOf({ chunks: ['12', '34'], maxBytes: 4 }).open()).text()).toBe('1234');
    const { open, record } = bodyOf({ chunks: ['12', '345', '6', '7'], maxBytes: 4 });
    await expect((await open()).bytes()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(record).toMatchObject({ released: 1, pulled: 2 });
  });

  it('rejects by the stated size before anything is read', async () => {
    const { open, record } = bodyOf({ chunks: ['x'], size: 1001 });
    await expect(open()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(record).toMatchObject({ released: 1, pulled: 0 });
  });

  it('releases the source when the reader stops early, or never begins', async () => {
    const early = bodyOf({ chunks: ['a', 'b', 'c'] });
    for await (const chunk of (await early.open()).stream()) {
      expect(chunk).toHaveLength(1);
      break;
    }
    expect(early.record).toMatchObject({ released: 1, pulled: 1 });
    const never = bodyOf({ chunks: ['a'] });
    const body = await never.open();
    await body.cancel();
    await body.cancel();
    expect(never.record).toMatchObject({ released: 1, pulled: 0, outcomes: [{ bytes: 0 }] });
  });

  it('can be read once', async () => {
    const body = await bodyOf({ chunks: ['a'] }).open();
    await body.text();
    await expect(body.bytes()).rejects.toThrow(TypeError);
    expect(() => body.stream()).toThrow(TypeError);
  });

  it('ends when aborted while the source sends nothing, and releases it', async () => {
    const { open, record, stop } = bodyOf({ chunks: ['a'], hangs: true });
    const reading = (await open()).bytes();
    setImmediate(() => stop.abort());
    await expect(reading).rejects.toEqual(fault('CANCELLED'));
    expect(record.released).toBe(1);
  });

  it('releases the source when aborted while nothing reads', async () => {
    const { open, record, stop } = bodyOf({ chunks: ['a'] });
    const body = await open();
    stop.abort();
    expect(record).toMatchObject({ released: 1, outcomes: [{ error: fault('CANCELLED') }] });
    await expect(body.text()).rejects.toEqual(fault('CANCELLED'));
  });

  it('ends with the reason of the abort: a fault unchanged, a time-out as TIMEOUT', async () => {
    const { open, stop } = bodyOf({ chunks: ['a'] });
    const body = await open();
    stop.abort(new Fault('TIMEOUT', 'the command took too long'));
    await expect(body.text()).rejects.toThrow('the command took too long');
    const late = bodyOf({ chunks: ['a'] });
    late.stop.abort(new DOMException('late', 'TimeoutError'));
    await expect(late.open()).rejects.toEqual(fault('TIMEOUT'));
    expect(late.record.released).toBe(1);
  });

  it('stops listening to the signal when it ends', async () => {
    const { open, record, stop } = bodyOf({ chunks: ['a'] });
    await (await open()).text();
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    stop.abort();
    expect(record).toMatchObject({ released: 1, outcomes: [{ bytes: 1 }] });
  });
});

describe('the text of a body', () => {
  const utf16 = (text: string, order: 'le' | 'be') => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    return order === 'le' ? bytes : bytes.swap16();
  };
  const cases: readonly (readonly [string, Uint8Array, string, string])[] = [
    ['UTF-8 when nothing else is said', Buffer.from('zażółć'), 'text/csv', 'zażółć'],
    ['UTF-8 with its mark, which is stripped', Buffer.from('\ufeffzażółć'), 'text/csv', 'zażółć'],
    ['its charset', Buffer.from([0xbf, 0xf3, 0xb3]), 'text/csv; charset=iso-8859-2', 'żół'],
    ['windows-1252 for latin1 and ascii, as WHATWG requires', Buffer.from([0x80]), 'text/plain;charset=US-ASCII', '€'],
    ['a multi-byte charset', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), 'text/csv;charset=Shift_JIS', '日本'],
    ['UTF-16 little endian by its mark', utf16('żó', 'le'), 'text/csv', 'żó'],
    ['UTF-16 big endian by its mark', utf16('żó', 'be'), 'text/csv', 'żó'],
    ['the byte order mark rather than the charset', utf16('żó', 'le'), 'text/csv;charset=utf-8', 'żó'],
    ['nothing, when it is empty', Buffer.from(''), 'text/csv', ''],
    ['two bytes, fewer than a byte order mark', Buffer.from('ab'), 'text/csv', 'ab'],
    ['only a byte order mark', Buffer.from('\ufeff'), 'text/csv', ''],
  ];

  it.each(cases)('is decoded by %s', async (_, bytes, mediaType, text) => {
    expect(await (await inMemory(bytes, mediaType)).text()).toBe(text);
    const inPieces = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(await (await bodyOf({ chunks: inPieces, mediaType }).open()).text()).toBe(text);
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff, 0x61]), 'text/csv'],
    ['a character cut off at the end', Buffer.from([0x61, 0x61, 0x61, 0xc5]), 'text/csv'],
    ['an unknown charset', Buffer.from('abc'), 'text/csv;charset=klingon'],
    ['a charset that WHATWG refuses to decode', Buffer.from('abc'), 'text/csv;charset=iso-2022-kr'],
  ])('is BAD_INPUT for %s, and the source is released', async (_, bytes, mediaType) => {
    await expect((await inMemory(bytes, mediaType)).text()).rejects.toEqual(fault('BAD_INPUT'));
    const { open, record } = bodyOf({ chunks: [...bytes].map((byte) => Uint8Array.of(byte)), mediaType });
    await expect((await open()).text()).rejects.toEqual(fault('BAD_INPUT'));
    expect(record.released).toBe(1);
  });
});

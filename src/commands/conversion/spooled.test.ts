import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import type { Body } from '../../core/resource.ts';
import { release, SPOOL_THRESHOLD, spoolBody, toBytes, toFile } from './spooled.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-held-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
const contextOf = (signal = new AbortController().signal) => ({
  signal,
  scratch: () => {
    files += 1;
    return join(folder, String(files));
  },
});

/** A body that does not tell its size. */
function bodyOf(stream: () => AsyncIterable<Uint8Array>): Body & { readonly cancelled: boolean } {
  let cancelled = false;
  return {
    uri: 'data:text/plain',
    mediaType: 'text/plain',
    stream,
    bytes: () => Promise.reject(new Error('not whole')),
    text: () => Promise.reject(new Error('not whole')),
    cancel: async () => {
      cancelled = true;
    },
    get cancelled() {
      return cancelled;
    },
  };
}

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield Buffer.alloc(size, 97 + i);
}

describe('holding a body', () => {
  it('keeps few bytes in memory', async () => {
    const held = await spoolBody(
      bodyOf(() => pieces(2, SPOOL_THRESHOLD / 2)),
      contextOf(),
    );
    expect('bytes' in held && held.bytes.byteLength).toBe(SPOOL_THRESHOLD);
  });

  it('puts more into a file, whole and in order, until it is let go', async () => {
    const held = await spoolBody(
      bodyOf(() => pieces(5, 100_000)),
      contextOf(),
    );
    if (!('file' in held)) throw new Error('not a file');
    expect(held.size).toBe(500_000);
    expect((await readFile(held.file)).equals(Buffer.concat(await Array.fromAsync(pieces(5, 100_000))))).toBe(true);
    await release(held);
    expect(existsSync(held.file)).toBe(false);
  });

  it('leaves no file behind a body that fails', async () => {
    const body = bodyOf(async function* () {
      yield* pieces(5, 100_000);
      throw new Fault('RESOURCE_UNREACHABLE', 'The connection broke.');
    });
    await expect(spoolBody(body, contextOf())).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
    expect(body.cancelled).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const body = bodyOf(async function* () {
      yield* pieces(5, 100_000);
      stop.abort(new Fault('TIMEOUT', 'The step took too long.'));
      throw new Error('aborted');
    });
    await expect(spoolBody(body, contextOf(stop.signal))).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives its bytes as a file and its file as bytes, up to a limit', async () => {
    const held = await toFile({ bytes: Buffer.from('abc') }, contextOf());
    expect(await toBytes(held, 3, 'This')).toEqual(Buffer.from('abc'));
    await expect(toBytes(held, 2, 'This')).rejects.toMatchObject({
      code: 'RESOURCE_TOO_LARGE',
      message: 'This of 3 bytes is too large; 2 bytes is the most. Take a part of it.',
    });
    await release(held);
  });
});

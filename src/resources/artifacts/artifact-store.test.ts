import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import { createArtifactStore } from './artifact-store.ts';
import { hashedCopy } from './hashed-copy.ts';
import { storageFault } from './storage-fault.ts';

let folder: string;
let store: ArtifactStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-artifacts-'));
  store = await createArtifactStore(join(folder, 'store'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const fault = (code: string) => expect.objectContaining({ name: 'Fault', code });

/** All files in the folder of the store, as relative paths. */
async function files(): Promise<string[]> {
  const entries = await readdir(join(folder, 'store'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(folder, 'store'), join(entry.parentPath, entry.name)));
}

async function* inChunks(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

describe('putting an artifact', () => {
  it('keeps it under its digest, two folders deep, from bytes or a stream', async () => {
    const digest = sha256('hello');
    expect(await store.put(Buffer.from('hello'), { maxBytes: 5 })).toEqual({ digest, size: 5 });
    expect(await store.put(inChunks('hel', '', 'lo'), { maxBytes: 5 })).toEqual({ digest, size: 5 });
    expect(await files()).toEqual([join(digest.slice(0, 2), digest.slice(2, 4), digest)]);
    expect(await all(await store.open(digest))).toBe('hello');
    expect(Buffer.from(await store.read(digest, 5)).toString()).toBe('hello');
    expect(await store.has(digest)).toBe(true);
  });

  it('accepts empty content', async () => {
    const { digest, size } = await store.put(inChunks(), { maxBytes: 0 });
    expect({ digest, size }).toEqual({ digest: sha256(''), size: 0 });
    expect(await all(await store.open(digest))).toBe('');
  });

  it('returns any bytes unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 5 }), async (chunks) => {
        const whole = Buffer.concat(chunks);
        const stream = async function* () {
          yield* chunks;
        };
        const stored = await store.put(stream(), { maxBytes: 1e6 });
        expect(stored).toEqual({ digest: sha256(whole), size: whole.length });
        expect(whole.equals(await store.read(stored.digest, 1e6))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('writes more than one piece of a large buffer', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024 + 7, 'abc');
    const { digest, size } = await store.put(large, { maxBytes: large.length });
    expect({ digest, size }).toEqual({ digest: sha256(large), size: large.length });
    expect(large.equals(await store.read(digest, size))).toBe(true);
  });

  it('keeps equal bytes once, even when many arrive at the same time', async () => {
    const put = () => store.put(inChunks('the same ', 'bytes'), { maxBytes: 100 });
    const stored = await Promise.all(Array.from({ length: 20 }, put));
    expect(new Set(stored.map(({ digest }) => digest)).size).toBe(1);
    expect(await files()).toHaveLength(1);
  });

  it('replaces a file that was damaged', async () => {
    const { digest } = await store.put(Buffer.from('hello'), { maxBytes: 5 });
    await truncate(join(folder, 'store', digest.slice(0, 2), digest.slice(2, 4), digest), 2);
    await store.put(Buffer.from('hello'), { maxBytes: 5 });
    expect(await all(await store.open(digest))).toBe('hello');
  });

  it('makes it visible only when it is complete', async () => {
    const digest = sha256('firstsecond');
    const seen: boolean[] = [];
    const slow = async function* () {
      yield Buffer.from('first');
      seen.push(await store.has(digest));
      yield Buffer.from('second');
      seen.push(await store.has(digest));
    };
    await store.put(slow(), { maxBytes: 100 });
    expect([...seen, await store.has(digest)]).toEqual([false, false, true]);
  });

  it('leaves nothing behind when it is too large, fails or is aborted', async () => {
    await expect(store.put(Buffer.from('hello'), { maxBytes: 4 })).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    await expect(store.put(inChunks('hel', 'lo'), { maxBytes: 4 })).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    const failing = async function* () {
      yield Buffer.from('a');
      throw new Error('the source broke');
    };
    await expect(store.put(failing(), { maxBytes: 4 })).rejects.toThrow('the source broke');
    const stop = new AbortController();
    const hanging = async function* () {
      yield Buffer.from('a');
      setImmediate(() => stop.abort());
      await new Promise(() => {});
    };
    await expect(store.put(hanging(), { maxBytes: 4, signal: stop.signal })).rejects.toEqual(fault('CANCELLED'));
    await expect(store.put(Buffer.from('a'), { maxBytes: 4, signal: stop.signal })).rejects.toEqual(fault('CANCELLED'));
    expect(await files()).toEqual([]);
  });

  it('closes the source when it stops reading', async () => {
    let ended = false;
    const endless = async function* () {
      try {
        for (;;) yield Buffer.alloc(1000);
      } finally {
        ended = true;
      }
    };
    await expect(store.put(endless(), { maxBytes: 5000 })).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(ended).toBe(true);
  });

  it('fails with UNAVAILABLE and the reason when the disk is full', async () => {
    const full = await open('/dev/full', 'w');
    const error = await hashedCopy(Buffer.from('hello'), full, { maxBytes: 5 }).catch(storageFault);
    await full.close();
    expect(error).toEqual(fault('UNAVAILABLE'));
    expect(error).toMatchObject({ message: expect.stringMatching(/full/) });
  });

  it('leaves nothing behind when the disk fails', async () => {
    // A file in place of the folder of the digest acts like a disk that fails late, after all was written.
    await writeFile(join(folder, 'store', sha256('hello').slice(0, 2)), '');
    await expect(store.put(Buffer.from('hello'), { maxBytes: 5 })).rejects.toThrow();
    expect(await files()).toEqual([sha256('hello').slice(0, 2)]);
  });
});

describe('adopting a file', () => {
  it('moves it from scratch to its path', async () => {
    const path = store.scratch();
    await writeFile(path, 'made by a worker');
    const stored = await store.adopt(path, { maxBytes: 100 });
    expect(stored).toEqual({ digest: sha256('made by a worker'), size: 16 });
    expect(await all(await store.open(stored.digest))).toBe('made by a worker');
    expect(await files()).toHaveLength(1);
  });

  it('removes it when it is too large or not needed', async () => {
    const [large, same] = [store.scratch(), store.scratch()];
    await writeFile(large, 'too large');
    await expect(store.adopt(large, { maxBytes: 8 })).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    await store.put(Buffer.from('same'), { maxBytes: 8 });
    await writeFile(same, 'same');
    await store.adopt(same, { maxBytes: 8 });
    expect(await files()).toHaveLength(1);
  });

  it('accepts no file from elsewhere, and no link', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await writeFile(elsewhere, 'x');
    await expect(store.adopt(elsewhere, { maxBytes: 8 })).rejects.toThrow(TypeError);
    await expect(store.adopt(join(store.scratch(), '..', '..', 'x'), { maxBytes: 8 })).rejects.toThrow(TypeError);
    const link = store.scratch();
    await symlink(elsewhere, link);
    await expect(store.adopt(link, { maxBytes: 8 })).rejects.toThrow();
    expect(await readFile(elsewhere, 'utf8')).toBe('x');
    expect(await files()).toEqual([]);
  });
});

describe('reading an artifact', () => {
  it('is NOT_FOUND for an unknown digest, and for text that is not a digest', async () => {
    for (const digest of [sha256('unknown'), 'abc', '../../../etc/passwd', '', sha256('x').toUpperCase()]) {
      await expect(store.open(digest)).rejects.toEqual(fault('NOT_FOUND'));
      await expect(store.read(digest, 10)).rejects.toEqual(fault('NOT_FOUND'));
      expect(await store.has(digest)).toBe(false);
    }
  });

  it('is limited when all bytes are requested', async () => {
    const { digest } = await store.put(Buffer.from('hello'), { maxBytes: 5 });
    await expect(store.read(digest, 4)).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
  });

  it('closes its file when the reader stops, and opens none for a reader that never begins', async () => {
    const { digest } = await store.put(Buffer.alloc(900_000), { maxBytes: 1e6 });
    const handles = async () => (await readdir('/proc/self/fd')).length;
    await store.open(digest);
    const before = await handles();
    for await (const chunk of await store.open(digest)) {
      expect(chunk.length).toBeLessThan(900_000);
      expect(await handles()).toBe(before + 1);
      break;
    }
    expect(await handles()).toBe(before);
  });
});

describe('a store that restarts', () => {
  it('keeps its artifacts and empties scratch', async () => {
    const { digest } = await store.put(Buffer.from('kept'), { maxBytes: 5 });
    await writeFile(store.scratch(), 'left over');
    await mkdir(store.scratch());
    const again = await createArtifactStore(join(folder, 'store'));
    expect(await all(await again.open(digest))).toBe('kept');
    expect(await files()).toHaveLength(1);
    expect((await stat(join(again.scratch(), '..'))).isDirectory()).toBe(true);
  });

  it('keeps the files that other nodes are writing, but not those that are older than a day', async () => {
    const [mine, yours, gone] = await Promise.all(
      ['mine', 'yours', 'gone'].map((node) => createArtifactStore(join(folder, 'store'), node)),
    );
    for (const each of [mine, yours, gone]) await writeFile(each?.scratch() ?? '', 'on its way');
    const forgotten = join(folder, 'store', 'scratch', 'gone');
    const long = new Date(Date.now() - 26 * 3_600_000);
    for (const name of await readdir(forgotten)) await utimes(join(forgotten, name), long, long);
    await utimes(forgotten, long, long);
    await createArtifactStore(join(folder, 'store'), 'mine');
    expect((await files()).map((file) => file.split('/').slice(0, -1).join('/'))).toEqual(['scratch/yours']);
    // A file that is still being written keeps its folder.
    await utimes(join(folder, 'store', 'scratch', 'yours'), long, long);
    await createArtifactStore(join(folder, 'store'), 'mine');
    expect(await files()).toHaveLength(1);
  });
});

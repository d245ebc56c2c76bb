import { createHash } from 'node:crypto';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactRemoval, ArtifactStore } from '../../../src/core/artifact-store.ts';

/** An empty store of artifacts, and what a test does to its storage. */
export interface ArtifactHarness {
  readonly store: ArtifactStore & ArtifactRemoval;
  /** Another store on the same storage, as after a restart. */
  reopen(): Promise<ArtifactStore & ArtifactRemoval>;
  /** The names of everything that is stored, temporary files included, sorted. */
  names(): Promise<readonly string[]>;
  /** Writes what somebody else keeps there. */
  write(name: string, text: string): Promise<void>;
  /** Replaces the bytes of an artifact. */
  damage(digest: string, text: string): Promise<void>;
  setTime(digest: string, at: Date): Promise<void>;
  close(): Promise<void>;
}

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
export const artifactName = (digest: string) => join(digest.slice(0, 2), digest.slice(2, 4), digest);

const fault = (code: string) => expect.objectContaining({ name: 'Fault', code });

async function* inChunks(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

export async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

/** What every store of artifacts promises, wherever the bytes are. */
export function artifactContract(makeHarness: () => Promise<ArtifactHarness>): void {
  let harness: ArtifactHarness;
  let store: ArtifactHarness['store'];
  beforeEach(async () => {
    harness = await makeHarness();
    store = harness.store;
  });
  afterEach(() => harness.close());

  const put = (text: string) => store.put(Buffer.from(text), { maxBytes: 1_000 });

  describe('putting an artifact', () => {
    it('keeps it under its digest, two folders deep, from bytes or a stream', async () => {
      const digest = sha256('hello');
      expect(await store.put(Buffer.from('hello'), { maxBytes: 5 })).toEqual({ digest, size: 5 });
      expect(await store.put(inChunks('hel', '', 'lo'), { maxBytes: 5 })).toEqual({ digest, size: 5 });
      expect(await harness.names()).toEqual([artifactName(digest)]);
      expect(await readText(await store.open(digest))).toBe('hello');
      expect(Buffer.from(await store.read(digest, 5)).toString()).toBe('hello');
      expect(await store.has(digest)).toBe(true);
    });

    it('accepts empty content', async () => {
      const { digest, size } = await store.put(inChunks(), { maxBytes: 0 });
      expect({ digest, size }).toEqual({ digest: sha256(''), size: 0 });
      expect(await readText(await store.open(digest))).toBe('');
      expect(await store.read(digest, 0)).toHaveLength(0);
      expect(await store.has(digest)).toBe(true);
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

    it('takes a large buffer and a large stream, in more than one piece', async () => {
      const large = Buffer.alloc(3 * 1024 * 1024 + 7, 'abc');
      const { digest, size } = await store.put(large, { maxBytes: large.length });
      expect({ digest, size }).toEqual({ digest: sha256(large), size: large.length });
      expect(large.equals(await store.read(digest, size))).toBe(true);
      const stream = async function* () {
        for (let at = 0; at < large.length; at += 100_000) yield large.subarray(at, at + 100_000);
      };
      expect(await store.put(stream(), { maxBytes: large.length })).toEqual({ digest, size });
      expect(await harness.names()).toEqual([artifactName(digest)]);
    });

    it('keeps equal bytes once, even when many arrive at the same time', async () => {
      const same = () => store.put(inChunks('the same ', 'bytes'), { maxBytes: 100 });
      const stored = await Promise.all(Array.from({ length: 20 }, same));
      expect(new Set(stored.map(({ digest }) => digest)).size).toBe(1);
      expect(await harness.names()).toHaveLength(1);
    });

    it('replaces bytes that were damaged', async () => {
      const { digest } = await put('hello');
      await harness.damage(digest, 'hel');
      await put('hello');
      expect(await readText(await store.open(digest))).toBe('hello');
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
      const late = store.put(Buffer.from('a'), { maxBytes: 4, signal: stop.signal });
      await expect(late).rejects.toEqual(fault('CANCELLED'));
      expect(await harness.names()).toEqual([]);
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
  });

  describe('adopting a file', () => {
    it('stores it, and removes it from scratch', async () => {
      const path = store.scratch();
      await writeFile(path, 'made by a worker');
      const stored = await store.adopt(path, { maxBytes: 100 });
      expect(stored).toEqual({ digest: sha256('made by a worker'), size: 16 });
      expect(await readText(await store.open(stored.digest))).toBe('made by a worker');
      expect(await harness.names()).toEqual([artifactName(stored.digest)]);
    });

    it('removes it when it is too large or not needed', async () => {
      const [large, same] = [store.scratch(), store.scratch()];
      await writeFile(large, 'too large');
      await expect(store.adopt(large, { maxBytes: 8 })).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
      await put('same');
      await writeFile(same, 'same');
      await store.adopt(same, { maxBytes: 8 });
      expect(await harness.names()).toEqual([artifactName(sha256('same'))]);
    });

    it('accepts no file from elsewhere, and no link', async () => {
      const link = store.scratch();
      await symlink('/etc/hostname', link);
      await expect(store.adopt(link, { maxBytes: 1_000 })).rejects.toThrow();
      await expect(store.adopt('/etc/hostname', { maxBytes: 1_000 })).rejects.toThrow(TypeError);
      const outside = join(store.scratch(), '..', '..', 'x');
      await expect(store.adopt(outside, { maxBytes: 1_000 })).rejects.toThrow(TypeError);
      expect(await harness.names()).toEqual([]);
    });
  });

  describe('reading an artifact', () => {
    it('is NOT_FOUND for an unknown digest, and for text that is not a digest', async () => {
      for (const digest of [sha256('unknown'), 'abc', '../../../etc/passwd', '', sha256('x').toUpperCase()]) {
        await expect(store.open(digest)).rejects.toEqual(fault('NOT_FOUND'));
        await expect(store.open(digest, { start: 0, end: 1 })).rejects.toEqual(fault('NOT_FOUND'));
        await expect(store.read(digest, 10)).rejects.toEqual(fault('NOT_FOUND'));
        expect(await store.has(digest)).toBe(false);
      }
    });

    it('is limited when all bytes are requested', async () => {
      const { digest } = await put('hello');
      await expect(store.read(digest, 4)).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    });

    it('returns the bytes of a range, as far as they exist', async () => {
      const large = Buffer.from(Array.from({ length: 300_000 }, (_, i) => `${i} `).join(''));
      const { digest, size } = await store.put(large, { maxBytes: large.length });
      for (const [start, end] of [
        [0, 0],
        [5, 9],
        [0, size - 1],
        [1, size + 100],
        [size - 1, size - 1],
        [size, size],
      ]) {
        const text = await readText(await store.open(digest, { start: start as number, end: end as number }));
        expect(text).toBe(large.subarray(start, (end as number) + 1).toString());
      }
    });

    it('does not end as if it were whole when the bytes were damaged', async () => {
      const text = 'x'.repeat(2_500_000);
      const { digest } = await store.put(Buffer.from(text), { maxBytes: text.length });
      for (const other of [`${text.slice(1)}y`, text.slice(1), `${text}x`, '']) {
        await harness.damage(digest, other);
        await expect(readText(await store.open(digest))).rejects.toEqual(fault('UNAVAILABLE'));
        await expect(store.read(digest, 3_000_000)).rejects.toEqual(fault('UNAVAILABLE'));
      }
    });
  });

  it('keeps its artifacts when it restarts, and empties scratch', async () => {
    const { digest } = await put('kept');
    await writeFile(store.scratch(), 'left over');
    const again = await harness.reopen();
    expect(await readText(await again.open(digest))).toBe('kept');
    expect(await harness.names()).toEqual([artifactName(digest)]);
  });
}

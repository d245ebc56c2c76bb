import { utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArtifactHarness, sha256 } from './artifact-contract.ts';

const HOUR_MS = 3_600_000;
const hourAgo = () => new Date(Date.now() - HOUR_MS);
const unneeded = async () => false;

/** What every store of artifacts promises when artifacts are removed. */
export function artifactRemovalContract(makeHarness: () => Promise<ArtifactHarness>): void {
  describe('removing artifacts', () => {
    let harness: ArtifactHarness;
    let store: ArtifactHarness['store'];
    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
    });
    afterEach(() => harness.close());

    const put = (text: string) => store.put(Buffer.from(text), { maxBytes: 1_000 });

    /** Puts an artifact, and makes it two hours old. */
    const putOld = async (text: string): Promise<string> => {
      const { digest } = await put(text);
      await harness.setTime(digest, new Date(Date.now() - 2 * HOUR_MS));
      return digest;
    };

    const unused = async (): Promise<string[]> => {
      const digests: string[] = [];
      for await (const digest of store.unusedSince(hourAgo())) digests.push(digest);
      return digests.sort();
    };

    it('lists artifacts that were not put for some time, and nothing else', async () => {
      const old = [await putOld('one'), await putOld('two')].sort();
      await put('young');
      await writeFile(store.scratch(), 'on its way');
      await harness.write('ab/cd/notes.txt', 'somebody’s');
      await harness.write(sha256('three'), 'somebody’s');
      expect(await unused()).toEqual(old);
    });

    it('removes an artifact that is old and not needed', async () => {
      const digest = await putOld('old');
      expect(await store.removeUnused(digest, hourAgo(), unneeded)).toBe(true);
      expect(await store.has(digest)).toBe(false);
      expect(await harness.names()).toEqual([]);
      expect(await store.removeUnused(digest, hourAgo(), unneeded)).toBe(false);
    });

    it('keeps an artifact that is new, needed, or may be needed', async () => {
      const { digest: young } = await put('young');
      const old = await putOld('old');
      expect(await store.removeUnused(young, hourAgo(), unneeded)).toBe(false);
      expect(await store.removeUnused(old, hourAgo(), async () => true)).toBe(false);
      const failing = store.removeUnused(old, hourAgo(), () => Promise.reject(new Error('the database is away')));
      await expect(failing).rejects.toThrow('the database is away');
      expect([await store.has(young), await store.has(old)]).toEqual([true, true]);
      expect(Buffer.from(await store.read(old, 10)).toString()).toBe('old');
      expect(await harness.names()).toHaveLength(2);
    });

    it('keeps an old artifact that is put again', async () => {
      const digest = await putOld('again');
      await put('again');
      expect(await unused()).toEqual([]);
      expect(await store.removeUnused(digest, hourAgo(), unneeded)).toBe(false);
    });

    it('counts the age of an adopted file from its adoption', async () => {
      const path = store.scratch();
      await writeFile(path, 'made long ago');
      await utimes(path, new Date(0), new Date(0));
      const { digest } = await store.adopt(path, { maxBytes: 100 });
      expect(await store.removeUnused(digest, hourAgo(), unneeded)).toBe(false);
    });

    it('loses nothing that is put while it is being removed', async () => {
      for (let round = 0; round < 40; round += 1) {
        const text = `content ${round}`;
        const digest = await putOld(text);
        const removals = Array.from({ length: 1 + (round % 2) }, () => store.removeUnused(digest, hourAgo(), unneeded));
        await Promise.all([...removals, put(text), put(text)]);
        expect(Buffer.from(await store.read(digest, 100)).toString()).toBe(text);
      }
      expect(await harness.names()).toHaveLength(40);
    });
  });
}

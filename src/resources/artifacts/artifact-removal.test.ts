import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createArtifactStore } from './artifact-store.ts';

const HOUR_MS = 3_600_000;

let folder: string;
let store: Awaited<ReturnType<typeof createArtifactStore>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-artifacts-'));
  store = await createArtifactStore(folder);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const pathOf = (digest: string) => join(folder, digest.slice(0, 2), digest.slice(2, 4), digest);
const put = (text: string) => store.put(Buffer.from(text), { maxBytes: 1_000 });
const hourAgo = () => new Date(Date.now() - HOUR_MS);
const unneeded = async () => false;

/** Puts an artifact, and makes it two hours old. */
async function putOld(text: string): Promise<string> {
  const { digest } = await put(text);
  const at = new Date(Date.now() - 2 * HOUR_MS);
  await utimes(pathOf(digest), at, at);
  return digest;
}

async function unused(): Promise<string[]> {
  const digests: string[] = [];
  for await (const digest of store.unusedSince(hourAgo())) digests.push(digest);
  return digests.sort();
}

describe('removing artifacts', () => {
  it('lists artifacts that were not put for some time, and no other files', async () => {
    const old = [await putOld('one'), await putOld('two')].sort();
    await put('young');
    await writeFile(store.scratch(), 'on its way');
    await mkdir(join(folder, 'ab', 'cd'), { recursive: true });
    await writeFile(join(folder, 'ab', 'cd', 'notes.txt'), 'somebody’s');
    expect(await unused()).toEqual(old);
  });

  it('removes an artifact that is old and not needed', async () => {
    const digest = await putOld('old');
    expect(await store.removeUnused(digest, hourAgo(), unneeded)).toBe(true);
    expect(await store.has(digest)).toBe(false);
    expect(await readdir(join(folder, 'removed'))).toEqual([]);
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
    expect(await readdir(join(folder, 'removed'))).toEqual([]);
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
      await Promise.all([store.removeUnused(digest, hourAgo(), unneeded), put(text), put(text)]);
      expect((await readFile(pathOf(digest))).toString()).toBe(text);
    }
    expect(await readdir(join(folder, 'removed'))).toEqual([]);
  });

  it('loses nothing that is put between setting aside and checking again', async () => {
    const digest = await putOld('in between');
    const removed = await store.removeUnused(digest, hourAgo(), async () => {
      await put('in between');
      return false;
    });
    expect([removed, await store.has(digest)]).toEqual([true, true]);
    expect((await stat(pathOf(digest))).mtime > hourAgo()).toBe(true);
  });

  it('restores at the next start what a crash left set aside', async () => {
    const digest = await putOld('set aside');
    await mkdir(join(folder, 'removed'), { recursive: true });
    await rename(pathOf(digest), join(folder, 'removed', `${digest}.x`));
    store = await createArtifactStore(folder);
    expect(Buffer.from(await store.read(digest, 100)).toString()).toBe('set aside');
    expect(await readdir(join(folder, 'removed'))).toEqual([]);
    expect(digest).toBe(digestOf('set aside'));
  });

  it('lets another node start meanwhile, which restores what is set aside', async () => {
    for (const needed of [false, true]) {
      const digest = await putOld(`while ${needed}`);
      let other = store;
      await store.removeUnused(digest, hourAgo(), async () => {
        other = await createArtifactStore(folder, 'other');
        return needed;
      });
      expect(await other.has(digest)).toBe(true);
      expect(await readdir(join(folder, 'removed'))).toEqual([]);
    }
    // And in the other order: a file that was set aside is removed, or restored, before it is moved.
    const digest = await putOld('both');
    await Promise.all([
      store.removeUnused(digest, hourAgo(), unneeded),
      ...Array.from({ length: 20 }, (_, i) => createArtifactStore(folder, `node-${i}`)),
    ]);
    expect(await readdir(join(folder, 'removed'))).toEqual([]);
  });
});

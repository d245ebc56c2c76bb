import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactRemovalContract } from '../../../test/support/resources/artifact-removal-contract.ts';
import { artifactsInFolder } from '../../../test/support/resources/artifacts-in-folder.ts';
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

describe('artifacts in a folder', () => artifactRemovalContract(artifactsInFolder));

describe('removing artifacts from a folder', () => {
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

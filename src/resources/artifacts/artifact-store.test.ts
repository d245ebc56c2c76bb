import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactContract, sha256 } from '../../../test/support/resources/artifact-contract.ts';
import { artifactFiles, artifactsInFolder } from '../../../test/support/resources/artifacts-in-folder.ts';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import { createArtifactStore } from './artifact-store.ts';
import { hashedCopy } from './hashed-copy.ts';
import { storageFault } from './storage-fault.ts';

describe('artifacts in a folder', () => artifactContract(artifactsInFolder));

describe('the folder of artifacts', () => {
  let folder: string;
  let store: ArtifactStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-artifacts-'));
    store = await createArtifactStore(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const files = () => artifactFiles(folder);
  const unavailable = expect.objectContaining({ name: 'Fault', code: 'UNAVAILABLE' });

  it('that has no space left is UNAVAILABLE, with the reason', async () => {
    const full = await open('/dev/full', 'w');
    const error = await hashedCopy(Buffer.from('hello'), full, { maxBytes: 5 }).catch(storageFault);
    await full.close();
    expect(error).toEqual(unavailable);
    expect(error).toMatchObject({ message: expect.stringMatching(/full/) });
  });

  it('has nothing left behind when the disk fails', async () => {
    // A file in place of the folder of the digest acts like a disk that fails late, after all was written.
    await writeFile(join(folder, sha256('hello').slice(0, 2)), '');
    await expect(store.put(Buffer.from('hello'), { maxBytes: 5 })).rejects.toThrow();
    expect(await files()).toEqual([sha256('hello').slice(0, 2)]);
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

  it('has its scratch emptied at a start, also of folders', async () => {
    await mkdir(store.scratch());
    const again = await createArtifactStore(folder);
    expect(await readdir(join(again.scratch(), '..'))).toEqual([]);
    expect((await stat(join(again.scratch(), '..'))).isDirectory()).toBe(true);
  });

  it('keeps the files that other nodes are writing, but not those that are older than a day', async () => {
    const [mine, yours, gone] = await Promise.all(
      ['mine', 'yours', 'gone'].map((node) => createArtifactStore(folder, node)),
    );
    for (const each of [mine, yours, gone]) await writeFile(each?.scratch() ?? '', 'on its way');
    const forgotten = join(folder, 'scratch', 'gone');
    const long = new Date(Date.now() - 26 * 3_600_000);
    for (const name of await readdir(forgotten)) await utimes(join(forgotten, name), long, long);
    await utimes(forgotten, long, long);
    await createArtifactStore(folder, 'mine');
    expect((await files()).map((file) => file.split('/').slice(0, -1).join('/'))).toEqual(['scratch/yours']);
    // A file that is still being written keeps its folder.
    await utimes(join(folder, 'scratch', 'yours'), long, long);
    await createArtifactStore(folder, 'mine');
    expect(await files()).toHaveLength(1);
  });

  it('follows no link to a file elsewhere', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await writeFile(elsewhere, 'x');
    await expect(store.adopt(elsewhere, { maxBytes: 8 })).rejects.toThrow(TypeError);
    expect(await readFile(elsewhere, 'utf8')).toBe('x');
  });
});

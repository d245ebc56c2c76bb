import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createArtifactStore } from '../../../src/resources/artifacts/artifact-store.ts';
import { type ArtifactHarness, artifactName } from './artifact-contract.ts';

/** All files in the folder, as relative paths, sorted. */
export async function artifactFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

export async function artifactsInFolder(): Promise<ArtifactHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-artifacts-'));
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  return {
    store: await createArtifactStore(folder),
    reopen: () => createArtifactStore(folder),
    names: () => artifactFiles(folder),
    write,
    damage: async (digest, text) => {
      await rm(join(folder, artifactName(digest)));
      await write(artifactName(digest), text);
    },
    setTime: (digest, at) => utimes(join(folder, artifactName(digest)), at, at),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

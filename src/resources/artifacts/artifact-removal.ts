import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ArtifactRemoval } from '../../core/artifact-store.ts';

/** Where artifacts lie between being set aside and being gone. */
const TRASH_FOLDER = 'removed';

/**
 * Removes artifacts from the folder of `createArtifactStore`. A file is first renamed away, and only then looked at again:
 * whoever put the same bytes before has made it young, and it is put back; whoever puts them afterwards does not find it
 * and brings their own copy. So nothing needs a lock, and other processes may use the folder.
 */
export function createArtifactRemoval(root: string, pathOf: (digest: string) => string): ArtifactRemoval {
  return {
    unusedSince: async function* (before) {
      for (const first of await foldersIn(root)) {
        for (const second of await foldersIn(join(root, first))) {
          const names = await readdir(join(root, first, second)).catch(valueIfMissing<string[]>([]));
          for (const name of names) {
            if (pathOf(name) === join(root, first, second, name) && (await isUnused(pathOf(name), before))) yield name;
          }
        }
      }
    },
    removeUnused: async (digest, before, isNeeded) => {
      const path = pathOf(digest);
      if (!(await isUnused(path, before))) return false;
      const aside = join(root, TRASH_FOLDER, `${digest}.${randomUUID()}`);
      await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
      const moved = await rename(path, aside).then(() => true, valueIfMissing(false));
      if (!moved) return false;
      // When the question cannot be answered, the file is needed.
      const needed = await Promise.all([isUnused(aside, before), isNeeded()]).then(
        ([unused, isNeededNow]) => !unused || isNeededNow,
        async (error) => {
          await restore(aside, path);
          throw error;
        },
      );
      if (needed) await restore(aside, path);
      else await rm(aside, { force: true });
      return !needed;
    },
  };
}

/** Puts back what an earlier process had set aside when it ended: nobody knows any more whether it is needed. */
export async function restoreTrashed(root: string, pathOf: (digest: string) => string): Promise<void> {
  const names = await readdir(join(root, TRASH_FOLDER)).catch(valueIfMissing<string[]>([]));
  for (const name of names) {
    const [digest = ''] = basename(name).split('.');
    await restore(join(root, TRASH_FOLDER, name), pathOf(digest));
  }
}

/** Somebody else may have put it meanwhile, and theirs stays; or put this one back, as a node does that starts. */
async function restore(aside: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await link(aside, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
  });
  await rm(aside, { force: true });
}

async function isUnused(path: string, before: Date): Promise<boolean> {
  const stats = await stat(path).catch(valueIfMissing(undefined));
  return stats?.isFile() === true && stats.mtime < before;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(valueIfMissing([]));
  return entries.filter((entry) => entry.isDirectory() && /^[0-9a-f]{2}$/.test(entry.name)).map(({ name }) => name);
}

function valueIfMissing<T>(instead: T) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return instead;
  };
}

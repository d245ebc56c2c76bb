import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ArtifactRemoval } from '../../core/artifact-store.ts';

/** Folder of artifacts that were set aside and not yet removed. */
const TRASH_FOLDER = 'removed';

/**
 * Removes artifacts from the folder of `createArtifactStore`. A file is first renamed, and only then checked again: a
 * put of the same bytes before the rename has updated its time, and the file is restored; a put after it does not find the
 * file and stores a new copy. So no lock is needed, and other processes may use the folder.
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
      // If `isNeeded` fails, the file counts as needed.
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

/** Restores files that an earlier process had set aside when it ended, because they may be needed. */
export async function restoreTrashed(root: string, pathOf: (digest: string) => string): Promise<void> {
  const names = await readdir(join(root, TRASH_FOLDER)).catch(valueIfMissing<string[]>([]));
  for (const name of names) {
    const [digest = ''] = basename(name).split('.');
    await restore(join(root, TRASH_FOLDER, name), pathOf(digest));
  }
}

/** Another process may have put the same bytes meanwhile, which then stay, or have restored this file when it started. */
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

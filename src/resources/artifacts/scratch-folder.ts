import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Longer than any command may take, in milliseconds: a file that has not changed for this long is abandoned. */
const ABANDONED_AFTER_MS = 25 * 3_600_000;

/**
 * An empty folder below `folder` for the temporary files of this node. Files of its earlier process are removed, and so are
 * the folders of nodes that have not used them for more than a day; those of other nodes stay.
 * @param node a unique name of the node, the same at each start
 * @returns its path, and the topmost folder that was created, whose parent must be synced
 */
export async function createScratchFolder(
  folder: string,
  node: string,
): Promise<readonly [string, string | undefined]> {
  const own = join(folder, node);
  await rm(own, { recursive: true, force: true });
  const created = await mkdir(own, { recursive: true, mode: 0o700 });
  const before = Date.now() - ABANDONED_AFTER_MS;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name !== node && (await lastModified(path)) < before) await rm(path, { recursive: true, force: true });
  }
  return [own, created];
}

/** When the folder, or a file in it, was last written to; now when it vanishes meanwhile. */
async function lastModified(path: string): Promise<number> {
  try {
    const names = (await stat(path)).isDirectory() ? await readdir(path) : [];
    const times = await Promise.all([path, ...names.map((name) => join(path, name))].map(async (each) => stat(each)));
    return Math.max(...times.map(({ mtimeMs }) => mtimeMs));
  } catch {
    return Date.now();
  }
}

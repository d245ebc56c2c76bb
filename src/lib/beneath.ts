import { constants, existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the system shows what is open; absent on systems other than Linux, where a folder swapped meanwhile is followed. */
const PROC_FD = existsSync('/proc/self/fd') ? '/proc/self/fd' : undefined;
const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Without O_NONBLOCK, opening a pipe waits forever for the other side and blocks a thread of the file system pool. */
const FILE_FLAGS = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens what `path` names below a folder that untrusted programs write to. Each folder on the way is opened in the one
 * before, never by a path from the top, so that no symbolic link is followed, not even one that is created meanwhile.
 * @param root absolute; its own parents are trusted
 * @param path relative, with "/" between plain names
 * @param flags of open(2); `createFolders` creates missing folders on the way, and with O_CREAT the file
 * @throws an error with `code`: ENOTDIR or ELOOP for a link, ENXIO for a pipe without a reader
 */
export async function openBeneath(
  root: string,
  path: string,
  flags: number,
  { createFolders = false }: { readonly createFolders?: boolean } = {},
): Promise<FileHandle> {
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0'))) {
    throw Object.assign(new Error(`${path} is not a relative path of plain names`), { code: 'EINVAL' });
  }
  const last = names.pop() as string;
  let folder = await open(root, FOLDER_FLAGS);
  let folderPath = root;
  try {
    for (const name of names) {
      const at = pathIn(folder, folderPath, name);
      if (createFolders) await mkdir(at).catch(ignoreExisting);
      const next = await open(at, FOLDER_FLAGS);
      await folder.close();
      folder = next;
      folderPath = join(folderPath, name);
    }
    return await open(pathIn(folder, folderPath, last), flags | FILE_FLAGS, 0o644);
  } finally {
    await folder.close();
  }
}

/**
 * Visits every regular file and folder below `root`, in the way of `openBeneath`, until a visit returns false.
 * @param visit called with the open file, or without one for a folder, and the path below `root`
 * @returns false when a visit did
 */
export async function walkBeneath(
  root: string,
  visit: (file: FileHandle | undefined, path: string) => Promise<boolean>,
): Promise<boolean> {
  return walk(root, root, '', visit);
}

async function walk(
  at: string,
  folderPath: string,
  prefix: string,
  visit: (file: FileHandle | undefined, path: string) => Promise<boolean>,
): Promise<boolean> {
  const folder = await tryOpen(at, FOLDER_FLAGS);
  if (!folder) return true;
  try {
    for (const entry of await readdir(pathIn(folder, folderPath), { withFileTypes: true })) {
      const path = prefix + entry.name;
      const place = pathIn(folder, folderPath, entry.name);
      if (entry.isDirectory()) {
        if (!(await visit(undefined, path))) return false;
        if (!(await walk(place, join(folderPath, entry.name), `${path}/`, visit))) return false;
      } else if (entry.isFile()) {
        const file = await tryOpen(place, constants.O_RDONLY | FILE_FLAGS);
        try {
          if (file && (await file.stat()).isFile() && !(await visit(file, path))) return false;
        } finally {
          await file?.close();
        }
      }
    }
    return true;
  } finally {
    await folder.close();
  }
}

/** A path that begins at the open folder, whatever its own path names now. */
function pathIn(folder: FileHandle, folderPath: string, name = ''): string {
  return join(PROC_FD ? `${PROC_FD}/${folder.fd}` : folderPath, name);
}

/** Undefined for an entry that no longer exists, or was replaced. */
async function tryOpen(path: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags);
  } catch {
    return undefined;
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

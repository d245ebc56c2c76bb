import { constants, type Dirent, existsSync, lstatSync } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rmdir, unlink } from 'node:fs/promises';
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

/** A deeper folder could use up the open files of this process: one is open on each level. */
export const MAX_DEPTH = 64;
const READ_ENTRIES = 256;

/**
 * Visits everything below `root`, in the way of `openBeneath`, until a visit returns false. A name need not be UTF-8; in the
 * path of the visit its other bytes are U+FFFD.
 * @param visit called with the open file, or without one for what is not a regular file, and the path below `root`
 * @returns false when a visit did, and for folders that are nested deeper than 64
 */
export async function walkBeneath(
  root: string,
  visit: (file: FileHandle | undefined, path: string) => Promise<boolean>,
): Promise<boolean> {
  return walk(Buffer.from(root), [], async (entry, place, names) => {
    const path = () => Buffer.concat(names.flatMap((name) => [SLASH, name]).slice(1)).toString();
    if (!entry.isFile()) return visit(undefined, path());
    const file = await tryOpen(place, constants.O_RDONLY | FILE_FLAGS);
    try {
      return !file || !(await file.stat()).isFile() || (await visit(file, path()));
    } finally {
      await file?.close();
    }
  });
}

/** What is below a folder. */
export interface Usage {
  /** On the disk; a file may have holes. */
  readonly bytes: number;
  /** Of all types, with folders. */
  readonly files: number;
}

const BLOCK_BYTES = 512;

/**
 * What everything below `root` takes, until it is more than `most`.
 * @returns undefined for folders that are nested deeper than 64
 */
export async function measureBeneath(root: string, most: Usage): Promise<Usage | undefined> {
  let [bytes, files] = [0, 0];
  const isOver = () => bytes > most.bytes || files > most.files;
  const isWhole = await walk(Buffer.from(root), [], async (_, place) => {
    files += 1;
    bytes += statBlocks(place) * BLOCK_BYTES;
    return !isOver();
  });
  return isWhole || isOver() ? { bytes, files } : undefined;
}

/** Synchronous, because it takes some microseconds, and a promise for each of a million files takes longer. */
function statBlocks(place: Buffer): number {
  return lstatSync(place, { throwIfNoEntry: false })?.blocks ?? 0;
}

/**
 * Removes everything below `root`, in the way of `openBeneath`: what a program swaps for a link meanwhile is not followed.
 * @throws an error with `code`, for folders that are nested deeper than 64 too, or for what is added meanwhile
 */
export function emptyBeneath(root: string): Promise<void> {
  return empty(Buffer.from(root), 0);
}

async function empty(at: Buffer, depth: number): Promise<void> {
  if (depth > MAX_DEPTH)
    throw Object.assign(new Error(`a folder is nested deeper than ${MAX_DEPTH}`), { code: 'ENAMETOOLONG' });
  const folder = await open(at, FOLDER_FLAGS);
  try {
    for await (const { entry, place } of entriesOf(folder, at)) await remove(place, entry.isDirectory(), depth);
  } finally {
    await folder.close();
  }
}

/** A program may keep exchanging a folder and something else; then one attempt in two meets the type that it expects. */
const MAX_ATTEMPTS = 100;
const EXCHANGED_CODES: ReadonlySet<string> = new Set(['EISDIR', 'ELOOP', 'ENOTDIR', 'ENOTEMPTY', 'EPERM']);

async function remove(place: Buffer, isFolder: boolean, depth: number, attempt = 1): Promise<void> {
  try {
    if (!isFolder) return await unlink(place);
    await empty(place, depth + 1);
    await rmdir(place);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (!EXCHANGED_CODES.has(code) || attempt === MAX_ATTEMPTS || depth >= MAX_DEPTH) throw error;
    await remove(place, !isFolder, depth, attempt + 1);
  }
}

type Visit = (entry: Dirent<Buffer>, place: Buffer, names: readonly Buffer[]) => Promise<boolean>;

async function walk(at: Buffer, above: readonly Buffer[], visit: Visit): Promise<boolean> {
  if (above.length > MAX_DEPTH) return false;
  const folder = await tryOpen(at, FOLDER_FLAGS);
  if (!folder) return true;
  try {
    for await (const { entry, place } of entriesOf(folder, at)) {
      const names = [...above, entry.name];
      if (!(await visit(entry, place, names))) return false;
      if (entry.isDirectory() && !(await walk(place, names, visit))) return false;
    }
    return true;
  } finally {
    await folder.close();
  }
}

/** The entries of an open folder, each with a path that begins at it, whatever its own path `at` names now. */
async function* entriesOf(folder: FileHandle, at: Buffer) {
  const here = PROC_FD ? Buffer.from(`${PROC_FD}/${folder.fd}`) : at;
  // The types of Node have no folder with names that are buffers.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: READ_ENTRIES };
  for await (const one of await opendir(here, options)) {
    const entry = one as unknown as Dirent<Buffer>;
    yield { entry, place: Buffer.concat([here, SLASH, entry.name]) };
  }
}

const SLASH = Buffer.from('/');

/** A path that begins at the open folder, whatever its own path names now. */
function pathIn(folder: FileHandle, folderPath: string, name: string): string {
  return join(PROC_FD ? `${PROC_FD}/${folder.fd}` : folderPath, name);
}

/** Undefined for an entry that no longer exists, or was replaced. */
async function tryOpen(path: Buffer, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags);
  } catch {
    return undefined;
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

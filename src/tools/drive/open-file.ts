import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { Fault } from '../../core/errors.ts';
import { mediaTypeOfFile } from '../../lib/media-type.ts';
import { storageFault } from '../../resources/artifacts/storage-fault.ts';
import { type DriveFile, FOLDER_MEDIA_TYPE } from './drive.ts';

/** Without O_NONBLOCK, opening a FIFO waits forever for a writer. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** An open file or folder. */
export interface OpenFile {
  readonly path: string;
  readonly file: DriveFile;
  readonly handle: FileHandle;
}

/** @param relative path below the root of the drive */
export function fileIdOf(relative: string): string {
  return Buffer.from(relative.replaceAll(sep, '/')).toString('base64url');
}

/**
 * Calls `use` with the file or folder that the id names. Its real location is checked on the open descriptor, so no link
 * on the path is followed, even one that was created a moment ago.
 * @param root absolute and free of links
 * @throws Fault NOT_FOUND, and what `use` throws
 */
export async function withOpenFile<T>(root: string, id: string, use: (place: OpenFile) => Promise<T>): Promise<T> {
  const relative = pathOfId(id);
  const path = join(root, relative);
  const handle = await open(path, OPEN_FLAGS).catch((error: unknown) => {
    const known = storageFault(error);
    throw known instanceof Fault ? known : noSuchFileFault();
  });
  try {
    const real = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(path));
    const stats = await handle.stat();
    if (real !== path || !(stats.isFile() || stats.isDirectory())) throw noSuchFileFault();
    return await use({ path, handle, file: driveFileOf(relative, stats) });
  } finally {
    await handle.close();
  }
}

export function driveFileOf(relative: string, stats: Stats): DriveFile {
  const isFolder = stats.isDirectory();
  return {
    id: fileIdOf(relative),
    name: basename(relative),
    mediaType: isFolder ? FOLDER_MEDIA_TYPE : mediaTypeOfFile(relative),
    ...(!isFolder && { size: stats.size }),
    modifiedAt: stats.mtime.toISOString(),
  };
}

/**
 * Hidden files are not part of the drive: they are unfinished uploads or belong to other programs. Names that would be a
 * path on another system are not part of it either.
 */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name.includes('\\');
}

function pathOfId(id: string): string {
  const relative = Buffer.from(id, 'base64url').toString();
  const isPath = relative.split('/').every((part) => part !== '' && !isHidden(part) && !part.includes('\0'));
  // Several texts decode to the same path; only the one that this drive issues is its id.
  if (!isPath || fileIdOf(relative) !== id) throw noSuchFileFault();
  return relative;
}

function noSuchFileFault(): Fault {
  return new Fault('NOT_FOUND', 'The drive has no file with this id. Use an id that drive.search returned.');
}

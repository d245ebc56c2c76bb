import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { Fault } from '../../core/errors.ts';
import { mediaTypeOfFile } from '../../lib/media-type.ts';
import { storageFault } from '../../resources/artifacts/storage-fault.ts';
import { type DriveFile, FOLDER_MEDIA_TYPE } from './drive.ts';

/** Without O_NONBLOCK, opening a FIFO waits for a writer for ever. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** A file or folder that is open. */
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
 * Calls `use` with what the id stands for. Where it really lies is judged on the open descriptor: a link on the way there,
 * also one that was put there a moment ago, leads nowhere.
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
 * What is hidden is not in the drive: neither what is on its way, nor what other programs keep there for themselves; nor
 * what is a name here and a path elsewhere.
 */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name.includes('\\');
}

function pathOfId(id: string): string {
  const relative = Buffer.from(id, 'base64url').toString();
  const isPath = relative.split('/').every((part) => part !== '' && !isHidden(part) && !part.includes('\0'));
  // Of several texts that decode to one path, only the one that was handed out is its id.
  if (!isPath || fileIdOf(relative) !== id) throw noSuchFileFault();
  return relative;
}

export function noSuchFileFault(): Fault {
  return new Fault('NOT_FOUND', 'The drive has no file with this id. Take an id that drive.search gives.');
}

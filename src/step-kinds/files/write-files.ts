import { constants } from 'node:fs';
import { lstat, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../core/errors.ts';
import type { FileContent } from './read-files.ts';

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
/** Without O_NONBLOCK, opening a pipe waits forever for a reader and blocks a thread of the file system pool. */
const SAFE_FLAGS = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

const OBSTRUCTION_CODES: ReadonlySet<string> = new Set(['ELOOP', 'EISDIR', 'ENXIO']);

/**
 * Writes files below a folder that other programs may also write to. Follows no symbolic link out of it, neither on the
 * path nor in place of the file.
 * @throws Fault BAD_INPUT for such a link, or a folder in place of a file
 */
export async function writeFiles(folder: string, files: readonly FileContent[]): Promise<void> {
  const root = await realpath(folder);
  for (const { path, bytes } of files) {
    await makeFolders(root, dirname(path));
    await writeFileSafely(join(root, path), path, bytes);
  }
}

async function makeFolders(root: string, path: string): Promise<void> {
  let at = root;
  for (const part of path === '.' ? [] : path.split('/')) {
    at = join(at, part);
    await mkdir(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (!(await lstat(at)).isDirectory()) throw obstructionFault(path, 'is not a folder');
  }
}

async function writeFileSafely(target: string, path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(target, SAFE_FLAGS, 0o644).catch((error: NodeJS.ErrnoException) => {
    if (OBSTRUCTION_CODES.has(error.code ?? '')) throw obstructionFault(path, 'is a link, a folder or a pipe');
    throw error;
  });
  try {
    // The real path is checked after opening, because a folder may have been replaced by a link since the first check.
    const real = await readlink(`/proc/self/fd/${file.fd}`).catch(() => realpath(target));
    if (real !== target || !(await file.stat()).isFile()) throw obstructionFault(path, 'leads elsewhere');
    await file.truncate(0);
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

function obstructionFault(path: string, why: string): Fault {
  const message = `${path} cannot be written: in the repository it ${why}. Choose another path, or another folder for the repository.`;
  return new Fault('BAD_INPUT', message, { path: ['files'] });
}

import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { decodedPath, outsideRootsFault, rootOf } from './file.ts';

interface RootSettings {
  readonly settings: Pick<Config['resources'], 'localRoots'>;
}

/** Maximum size of a file that is appended to. */
const MAX_FILE_BYTES = 1024 * 1024;
const SAFE_FLAGS = constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** The last bytes of a file under the allowed roots, from the beginning of a line. Empty when it does not exist. */
export async function tailFile(uri: CanonicalUri, roots: RootSettings, maxBytes: number): Promise<string> {
  const handle = await openWithinRoots(uri, roots, constants.O_RDONLY | SAFE_FLAGS).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw openFault(error);
  });
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - maxBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, maxBytes)), 0, undefined, from);
    const bytes = buffer.subarray(0, bytesRead);
    return bytes.subarray(from === 0 ? 0 : bytes.indexOf('\n') + 1).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** Appends to a file under the allowed roots. @throws Fault FORBIDDEN, BAD_INPUT, RESOURCE_TOO_LARGE, RESOURCE_UNREACHABLE */
export async function appendFile(uri: CanonicalUri, roots: RootSettings, text: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | SAFE_FLAGS;
  const handle = await openWithinRoots(uri, roots, flags).catch((error: unknown) => {
    throw openFault(error);
  });
  try {
    if ((await handle.stat()).size + Buffer.byteLength(text) > MAX_FILE_BYTES) {
      throw new Fault(
        'RESOURCE_TOO_LARGE',
        `${uri.href} may have at most ${MAX_FILE_BYTES} bytes. Move it away, or use another file.`,
      );
    }
    await handle.appendFile(text);
  } finally {
    await handle.close();
  }
}

/** Opens a regular file that really is below the root that its URI names. No link may lead there. */
async function openWithinRoots(uri: CanonicalUri, roots: RootSettings, flags: number): Promise<FileHandle> {
  const root = rootOf(uri, roots);
  const path = decodedPath(uri.path);
  if (path.includes('//') || path.endsWith('/'))
    throw new Fault('BAD_INPUT', 'The URI must name a file, with single slashes.');
  const target = root.folder + path.slice(root.name.length);
  const base = await realpath(root.folder);
  // Checked before a file could be created there, and again on the open file.
  const folder = await realpath(dirname(target));
  if (folder !== base && !folder.startsWith(base + sep)) throw outsideRootsFault(roots);
  const realPath = join(folder, basename(target));
  const handle = await open(realPath, flags, 0o600);
  const real = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realPath);
  const stats = await handle.stat();
  if (real === realPath && stats.isFile()) return handle;
  await handle.close();
  throw stats.isFile()
    ? outsideRootsFault(roots)
    : new Fault('BAD_INPUT', 'This is not a regular file. Name a text file.');
}

function openFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new Fault('NOT_FOUND', 'The folder of this file does not exist. Create it, or use another file.', {
      cause: error,
    });
  if (code === 'ELOOP')
    return new Fault('FORBIDDEN', 'This is a symbolic link, which is not followed. Name the file itself.', {
      cause: error,
    });
  if (code === 'ENOSPC')
    return new Fault('UNAVAILABLE', 'The disk is full. Remove files, then try again.', { cause: error });
  return new Fault('RESOURCE_UNREACHABLE', `The file cannot be opened (${code}). Check its permissions and the disk.`, {
    cause: error,
  });
}

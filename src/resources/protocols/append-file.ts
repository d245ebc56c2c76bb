import { constants, existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { decodedPath, outsideRootsFault, rootOf } from './file.ts';

type LocalRoot = Config['resources']['memoryRoot'];

interface RootSettings {
  readonly settings: Pick<Config['resources'], 'localRoots' | 'memoryRoot'>;
}

/** Maximum size of a file that is appended to. */
const MAX_FILE_BYTES = 1024 * 1024;
const SAFE_FLAGS = constants.O_NONBLOCK | constants.O_NOFOLLOW;
/** Where the system shows what is open; absent on systems other than Linux. */
const PROC_FD = existsSync('/proc/self/fd') ? '/proc/self/fd' : undefined;

/** The last bytes of a file under the memory root or a local root, from the beginning of a line. Empty when it does not exist. */
export async function tailFile(uri: CanonicalUri, { settings }: RootSettings, maxBytes: number): Promise<string> {
  const { memoryRoot, localRoots } = settings;
  const root = isWithin(memoryRoot, uri) ? memoryRoot : rootOf(uri, { settings: { localRoots } });
  const outside = () => (root === memoryRoot ? outsideMemoryRootFault(root) : outsideRootsFault({ settings }));
  const flags = constants.O_RDONLY | SAFE_FLAGS;
  const handle = await openWithinRoot(uri, { root, outside, flags }).catch((error: unknown) => {
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

/**
 * Appends to a file under the memory root, the only place where agents write files of the host.
 * @throws Fault FORBIDDEN, BAD_INPUT, RESOURCE_TOO_LARGE, RESOURCE_UNREACHABLE
 */
export async function appendFile(uri: CanonicalUri, { settings }: RootSettings, text: string): Promise<void> {
  const root = settings.memoryRoot;
  const outside = () => outsideMemoryRootFault(root);
  if (!isWithin(root, uri)) throw outside();
  await mkdir(root.folder, { recursive: true, mode: 0o700 });
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | SAFE_FLAGS;
  const handle = await openWithinRoot(uri, { root, outside, flags }).catch((error: unknown) => {
    throw openFault(error);
  });
  try {
    const { nlink, size } = await handle.stat();
    // Another name of the same file may be anywhere on the disk.
    if (nlink !== 1) throw outside();
    if (size + Buffer.byteLength(text) > MAX_FILE_BYTES) {
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

interface WithinRoot {
  readonly root: LocalRoot;
  readonly outside: () => Fault;
  readonly flags: number;
}

/**
 * Opens a regular file below the root, without following any link. The folder is opened first and its real location checked; the
 * file is then opened in that very folder, so that no folder swapped in the meantime leads outside.
 */
async function openWithinRoot(uri: CanonicalUri, { root, outside, flags }: WithinRoot): Promise<FileHandle> {
  const path = decodedPath(uri.path);
  if (path.includes('//') || path.endsWith('/') || path.length <= root.name.length)
    throw new Fault('BAD_INPUT', 'The URI must name a file, with single slashes.');
  const target = join(await realpath(root.folder), path.slice(root.name.length));
  const folder = await open(dirname(target), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    if ((await locationOf(folder, dirname(target))) !== dirname(target)) throw outside();
    return await openIn(folder, target, flags, outside);
  } finally {
    await folder.close();
  }
}

async function openIn(folder: FileHandle, path: string, flags: number, outside: () => Fault): Promise<FileHandle> {
  const handle = await open(PROC_FD ? `${PROC_FD}/${folder.fd}/${basename(path)}` : path, flags, 0o600);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Fault('BAD_INPUT', 'This is not a regular file. Name a text file.');
    if ((await locationOf(handle, path)) !== path) throw outside();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The real location of what is open; without /proc, of what is at `path` now. */
function locationOf({ fd }: FileHandle, path: string): Promise<string> {
  return PROC_FD ? readlink(`${PROC_FD}/${fd}`) : realpath(path);
}

function isWithin({ name }: LocalRoot, { path }: CanonicalUri): boolean {
  return path === name || path.startsWith(`${name}/`);
}

function outsideMemoryRootFault({ name }: LocalRoot): Fault {
  const message = `Agents keep memories only in files under file://${name}/ (MEMORY_ROOT), not through links. Use a file there, or memory:NAME.`;
  return new Fault('FORBIDDEN', message);
}

function openFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new Fault('NOT_FOUND', 'The folder of this file does not exist. Create it, or use another file.', {
      cause: error,
    });
  if (code === 'ENOTDIR')
    return new Fault('BAD_INPUT', 'A part of the path is a file. Name a file in a folder.', { cause: error });
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

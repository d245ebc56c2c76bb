import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { mediaTypeOfFile } from '../../lib/media-type.ts';
import { canonicalPath, encodePath } from '../uri/canonical-path.ts';
import { defineProtocol, type OpenContext } from './define-protocol.ts';

type LocalRoot = Config['resources']['localRoots'][number];
type RootSettings = { readonly settings: Pick<Config['resources'], 'localRoots'> };

const CHUNK_BYTES = 256 * 1024;

/** Without O_NONBLOCK, opening a FIFO waits for a writer forever. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * Files under the virtual roots. The path determines which file is opened; its real location is checked on the open
 * descriptor, so that no link, and no folder swapped in the meantime, leads outside. A link within the roots is a redirect:
 * the policy is asked about its target.
 */
export const file = defineProtocol({
  scheme: 'file',
  description: 'A file under one of the folders that ALLOWED_LOCAL_ROOTS names, for example file:///data/products.csv.',
  limits: (settings) => ({ maxBytes: settings.fetchMaxBytes }),

  canonicalize(url) {
    if (url.host !== '') throw new Fault('BAD_INPUT', 'A file: URI has no host. Write three slashes: file:///data/…');
    if (url.search !== '') throw new Fault('BAD_INPUT', 'A file: URI has no query. Write %3F for a ? in a file name.');
    // One spelling for each file, whatever was escaped: `a%7Cb` and `a|b` are the same name.
    const path = encodePath(decodedPath(canonicalPath(url.pathname)));
    return { href: `file://${path}`, scheme: 'file', host: '', port: '', path, query: '' };
  },

  async open(uri, ctx) {
    const root = rootOf(uri, ctx);
    const path = decodedPath(uri.path);
    // The file system reads `a//b` as `a/b`, about which the policy was not asked.
    if (path.includes('//')) throw new Fault('BAD_INPUT', 'The path has an empty segment. Write one slash.');
    const realPath = root.folder + path.slice(root.name.length);
    const handle = await openFile(realPath);
    try {
      const virtual = await virtualPath(handle, realPath, root, ctx);
      const { size } = await regularFile(handle);
      const target = virtual === path ? uri : ctx.canonicalize(`file://${encodePath(virtual)}`);
      if (target !== uri) ctx.authorize(target);
      const release = () => handle.close();
      return { uri: target.href, mediaType: mediaTypeOfFile(virtual), size, content: chunksOf(handle), release };
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
});

/** The root that the path names; the longest if roots are nested. @throws Fault FORBIDDEN when no root contains it */
export function rootOf({ path }: CanonicalUri, ctx: RootSettings): LocalRoot {
  const roots = ctx.settings.localRoots.filter(({ name }) => path === name || path.startsWith(`${name}/`));
  const [longest] = roots.sort((a, b) => b.name.length - a.name.length);
  if (!longest) throw outsideRootsFault(ctx);
  return longest;
}

/** Decodes once. @throws Fault BAD_INPUT when the result is not UTF-8 */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new Fault('BAD_INPUT', 'The path is not percent-encoded UTF-8. Encode the file name again.', { cause });
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, OPEN_FLAGS);
  } catch (cause) {
    switch ((cause as NodeJS.ErrnoException).code) {
      case 'ENOENT':
      case 'ENOTDIR':
        throw new Fault('NOT_FOUND', 'This file does not exist. Check its name; upper and lower case differ.', {
          cause,
        });
      case 'ELOOP':
        throw new Fault('FORBIDDEN', 'This is a symbolic link, which is not followed. Name the file itself.', {
          cause,
        });
      case 'ENAMETOOLONG':
        throw new Fault('BAD_INPUT', 'A part of the path is longer than a file name may be. Shorten it.', { cause });
      case 'EACCES':
      case 'EPERM':
        throw new Fault(
          'RESOURCE_UNREACHABLE',
          'The server may not read this file. Ask the operator to change its permissions.',
          {
            cause,
          },
        );
      case 'ENXIO':
      case 'ENODEV':
        throw notRegularFault(cause);
      case 'EMFILE':
      case 'ENFILE':
        throw new Fault('UNAVAILABLE', 'The server has too many files open. Try again later.', { cause });
      default:
        throw new Fault('RESOURCE_UNREACHABLE', 'The file cannot be opened. Ask the operator to check the disk.', {
          cause,
        });
    }
  }
}

async function regularFile(handle: FileHandle): Promise<{ readonly size: number }> {
  const stats = await handle.stat();
  if (stats.isDirectory()) throw new Fault('BAD_INPUT', 'This is a folder. Name a file in it.');
  if (!stats.isFile()) throw notRegularFault();
  if (stats.nlink === 0) throw new Fault('NOT_FOUND', 'The file was deleted while it was being opened.');
  return stats;
}

/**
 * The real location of the open file, as a decoded path under a virtual root; under the requested root if several contain
 * it. @throws Fault FORBIDDEN when it is outside all roots
 */
async function virtualPath(handle: FileHandle, path: string, root: LocalRoot, ctx: OpenContext): Promise<string> {
  const real = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpathOf(handle, path));
  for (const { name, folder } of [root, ...ctx.settings.localRoots]) {
    const base = await realpath(folder);
    if (real === base || real.startsWith(base + sep)) return name + real.slice(base.length).replaceAll(sep, '/');
  }
  throw outsideRootsFault(ctx);
}

/** Without /proc: the path that leads there now, if it leads to the open file. */
async function realpathOf(handle: FileHandle, path: string): Promise<string> {
  const real = await realpath(path);
  const [opened, current] = await Promise.all([handle.stat({ bigint: true }), stat(real, { bigint: true })]);
  if (opened.dev === current.dev && opened.ino === current.ino) return real;
  throw new Fault('NOT_FOUND', 'The file was moved while it was being opened. Try again.');
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    // A separate buffer for each chunk, because the reader may keep it.
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(CHUNK_BYTES)).catch((cause: unknown) => {
      throw new Fault(
        'RESOURCE_UNREACHABLE',
        'The file cannot be read to its end. Ask the operator to check the disk.',
        {
          cause,
        },
      );
    });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

export function outsideRootsFault(ctx: RootSettings): Fault {
  const names = ctx.settings.localRoots.map(({ name }) => `file://${name}/`).join(', ') || 'none';
  return new Fault('FORBIDDEN', `Only files in the folders of ALLOWED_LOCAL_ROOTS can be read (${names}).`);
}

function notRegularFault(cause?: unknown): Fault {
  return new Fault('BAD_INPUT', 'This is a device, a pipe or a socket. Name a regular file.', { cause });
}

import { existsSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Fault } from '../../core/errors.ts';
import type { Program } from '../../core/sandbox.ts';

/** A file or folder of this machine, and where a sandbox has it. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly writable: boolean;
}

/** The Node that runs this server, wherever this machine has it. */
export const SANDBOX_NODE_PATH = '/run/signalbox/bin/node';

/** Links in / of a machine whose programs are all in /usr; elsewhere they are folders. */
const ROOT_DIRS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const PROGRAM_DIRS = ['/usr/local/bin', '/usr/bin', '/bin'];

/** Of /etc: what the loader, alternatives, TLS and the C library need. Nothing that says who or where this machine is. */
const SYSTEM_ETC = ['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'ssl/certs', 'ssl/openssl.cnf'];
const SHIPPED_ETC = ['passwd', 'group', 'hosts', 'nsswitch.conf'];

/** The system that every sandbox sees, read-only, with `node` and what the operator lets programs read. */
export async function systemMounts(readPaths: readonly string[]): Promise<readonly Mount[]> {
  const node = await realpath(process.execPath);
  const places = [
    ...SYSTEM_ETC.map((name) => [`/etc/${name}`, `/etc/${name}`] as const),
    ...SHIPPED_ETC.map((name) => [join(import.meta.dirname, 'etc', name), `/etc/${name}`] as const),
    [node, SANDBOX_NODE_PATH] as const,
    ...[dirname(node), ...readPaths].map((path) => [path, resolve(path)] as const),
  ];
  const seen = ['/usr', ...ROOT_DIRS];
  return places
    .filter(([from, to]) => existsSync(from) && !seen.some((folder) => isWithin(folder, to)))
    .map(([from, to]) => ({ from, to, writable: false }));
}

/** /usr with what / has of it, for bubblewrap. */
export async function systemDirOptions(): Promise<readonly string[]> {
  const args = ['--ro-bind', '/usr', '/usr'];
  for (const folder of ROOT_DIRS) {
    const found = await lstat(folder).catch(() => undefined);
    if (found?.isSymbolicLink()) args.push('--symlink', relative('/', await realpath(folder)), folder);
    else if (found) args.push('--ro-bind', folder, folder);
  }
  return args;
}

/**
 * What one program sees beside that. A mount may hold symbolic links, which lead where they lead inside; it may not be
 * one or lie behind one, or who can write there could choose what is mounted.
 * @throws Fault NOT_FOUND, FORBIDDEN
 */
export function resolveMounts(mounts: Program['mounts']): Promise<readonly Mount[]> {
  return Promise.all(
    mounts.map(async ({ from, to, writable = false }) => {
      const real = await realpath(from).catch(() => undefined);
      if (real === undefined) throw new Fault('NOT_FOUND', `${from} is not there to be mounted. Create it first.`);
      if (real !== resolve(from)) {
        throw new Fault('FORBIDDEN', `${from} leads to another place by a symbolic link. Mount the place itself.`);
      }
      return { from: real, to: resolve('/', to), writable };
    }),
  );
}

/**
 * Leaves out what a mount covers, for nothing can be made in it to hold that. In a writable one something can, an empty
 * folder, and it is made for what the operator lets programs read; the Node of the server has a second place.
 */
export function withoutCovered(places: readonly Mount[], mounts: readonly Mount[]): readonly Mount[] {
  const node = dirname(process.execPath);
  return places.filter(({ to }) => {
    const cover = mounts.find((mount) => isWithin(mount.to, to));
    return cover === undefined || (cover.writable && to !== node);
  });
}

/** The path inside of the program that is to run. @throws Fault NOT_FOUND */
export async function resolveSandboxProgram(name: string, places: readonly Mount[]): Promise<string> {
  if (name === 'node' || name === process.execPath) return SANDBOX_NODE_PATH;
  const candidates = name.startsWith('/') ? [name] : PROGRAM_DIRS.map((folder) => `${folder}/${name}`);
  for (const candidate of name.startsWith('/') || /^[^/]+$/.test(name) ? candidates : []) {
    const outside = hostPath(candidate, places);
    const found = outside === undefined ? undefined : await lstat(outside).catch(() => undefined);
    // Where a link leads is for the inside to say.
    if (found?.isSymbolicLink() || (found?.isFile() && (found.mode & 0o111) !== 0)) return candidate;
  }
  const message = `There is no program ${name} in the sandbox. Give its absolute path there, or a name in /usr/bin.`;
  throw new Fault('NOT_FOUND', message);
}

/** Where this machine has what the sandbox has at `path`. */
export function hostPath(path: string, places: readonly Mount[]): string | undefined {
  const inside = resolve('/', path);
  const [place] = places.filter(({ to }) => isWithin(to, inside)).sort((a, b) => b.to.length - a.to.length);
  if (place) return join(place.from, relative(place.to, inside));
  return ['/usr', ...ROOT_DIRS].some((folder) => isWithin(folder, inside)) ? inside : undefined;
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`);
}

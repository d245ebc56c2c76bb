import { existsSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Fault } from '../../core/errors.ts';
import { type Program, SANDBOX_NODE_PATH } from '../../core/programs/sandbox.ts';
import { SHIPPED_ETC, type SystemFiles } from './system-files.ts';

/** A file or folder of the host, and its path in the sandbox. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly writable: boolean;
  /** Belongs to the user of programs. */
  readonly owned?: boolean;
}

/** Symbolic links on a host with merged /usr; elsewhere they are folders. */
const ROOT_DIRS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const PROGRAM_DIRS = ['/usr/local/bin', '/usr/bin', '/bin'];

/** In /etc: what the loader, alternatives, TLS and the C library need. Nothing that identifies the host. */
const SYSTEM_ETC = ['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'ssl/certs', 'ssl/openssl.cnf'];

/** Read-only mounts of every sandbox: the system and `node`. */
export function systemMounts(files: SystemFiles): readonly Mount[] {
  return existing([
    ...SYSTEM_ETC.map((name) => [`/etc/${name}`, `/etc/${name}`] as const),
    ...SHIPPED_ETC.map((name) => [files.etc(name), `/etc/${name}`] as const),
    [files.node, SANDBOX_NODE_PATH],
  ]);
}

/** The paths that the operator lets programs read. */
export function readableMounts(readPaths: readonly string[]): readonly Mount[] {
  return existing(readPaths.map((path) => [path, resolve(path)]));
}

/** @param candidates path on the host and in the sandbox */
function existing(candidates: readonly (readonly [string, string])[]): readonly Mount[] {
  const mounted = ['/usr', ...ROOT_DIRS];
  return candidates
    .filter(([from, to]) => existsSync(from) && !mounted.some((folder) => isWithin(folder, to)))
    .map(([from, to]) => ({ from, to, writable: false }));
}

/** Options of bubblewrap that mount /usr and the folders or links of / that belong to it. */
export async function systemDirOptions(): Promise<readonly string[]> {
  const args = ['--ro-bind', '/usr', '/usr'];
  for (const folder of ROOT_DIRS) {
    const stats = await lstat(folder).catch(() => undefined);
    if (stats?.isSymbolicLink()) args.push('--symlink', relative('/', await realpath(folder)), folder);
    else if (stats) args.push('--ro-bind', folder, folder);
  }
  return args;
}

/**
 * The mounts of one program. A mount may contain symbolic links, which are resolved inside the sandbox. It must not be a
 * symbolic link or lie behind one: a program that can write there could choose what is mounted.
 * @throws Fault NOT_FOUND, FORBIDDEN
 */
export function resolveMounts(mounts: Program['mounts']): Promise<readonly Mount[]> {
  return Promise.all(
    mounts.map(async ({ from, to, writable = false, shared = false }) => {
      const real = await realpath(from).catch(() => undefined);
      if (real === undefined)
        throw new Fault('NOT_FOUND', `What the program would see as ${to} does not exist. Create it first.`);
      if (real !== resolve(from)) {
        throw new Fault(
          'FORBIDDEN',
          `What the program would see as ${to} is or passes through a symbolic link. Set the path of its target.`,
        );
      }
      return { from: real, to: resolve('/', to), writable, owned: writable || shared };
    }),
  );
}

/**
 * Leaves out mounts that a program's mount covers, because no mount point can be created in it. In a writable one an
 * empty folder can, and is.
 */
export function withoutCovered(system: readonly Mount[], mounts: readonly Mount[]): readonly Mount[] {
  return system.filter(({ to }) => {
    const cover = mounts.find((mount) => isWithin(mount.to, to));
    return cover === undefined || cover.writable;
  });
}

/** The path of a program inside the sandbox. @throws Fault NOT_FOUND */
export async function resolveSandboxProgram(name: string, mounts: readonly Mount[]): Promise<string> {
  if (name === 'node' || name === process.execPath) return SANDBOX_NODE_PATH;
  const candidates = name.startsWith('/') ? [name] : PROGRAM_DIRS.map((folder) => `${folder}/${name}`);
  for (const candidate of name.startsWith('/') || /^[^/]+$/.test(name) ? candidates : []) {
    const outside = hostPath(candidate, mounts);
    const stats = outside === undefined ? undefined : await lstat(outside).catch(() => undefined);
    // A link is resolved inside.
    if (stats?.isSymbolicLink() || (stats?.isFile() && (stats.mode & 0o111) !== 0)) return candidate;
  }
  const message = `There is no program ${name} in the sandbox. Give its absolute path there, or a name in /usr/bin.`;
  throw new Fault('NOT_FOUND', message);
}

/** The path on the host of what the sandbox has at `path`. */
export function hostPath(path: string, mounts: readonly Mount[]): string | undefined {
  const inside = resolve('/', path);
  const [mount] = mounts.filter(({ to }) => isWithin(to, inside)).sort((a, b) => b.to.length - a.to.length);
  if (mount) return join(mount.from, relative(mount.to, inside));
  return ['/usr', ...ROOT_DIRS].some((folder) => isWithin(folder, inside)) ? inside : undefined;
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`);
}

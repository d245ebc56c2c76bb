import { createHash, randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files that are shipped with the server, and the Node that runs it, at paths that say nothing of the server. */
export interface SystemFiles {
  /** Path of the file with this name in `etc`. */
  etc(name: string): string;
  readonly relay: string;
  readonly node: string;
}

export const SHIPPED_ETC = ['passwd', 'group', 'hosts', 'nsswitch.conf'];
/** Survives a restart of the machine, and is on a disk. */
const LASTING_TMP = '/var/tmp';
/** Below it, every program sees the same path anyway. */
const SYSTEM_DIR = '/usr/';

/**
 * Copies them to a folder of this user: a program sees in /proc/self/mountinfo where its mounts come from, and that would be
 * the folder in which the server is installed. Node is not copied where it can be linked.
 */
export async function prepareSystemFiles(): Promise<SystemFiles> {
  const folder = await openFolder();
  const shipped = [
    ...SHIPPED_ETC.map((name) => [join('etc', name), name] as const),
    ['egress-relay.ts', 'relay.mts'] as const,
  ];
  for (const [source, name] of shipped) await place(join(import.meta.dirname, source), join(folder, name));
  const node = await realpath(process.execPath);
  return {
    etc: (name) => join(folder, name),
    relay: join(folder, 'relay.mts'),
    node: node.startsWith(SYSTEM_DIR) ? node : await placeNode(node, folder),
  };
}

/** False when something, such as the tidying of old temporary files, removed one of them. */
export function areComplete({ etc, relay, node }: SystemFiles): boolean {
  return [...SHIPPED_ETC.map(etc), relay, node].every((path) => existsSync(path));
}

/** One for each installation, the same at each start; another one if somebody else took the name. */
async function openFolder(): Promise<string> {
  const isThere = await access(LASTING_TMP, constants.W_OK).then(
    () => true,
    () => false,
  );
  const base = await realpath(isThere ? LASTING_TMP : tmpdir());
  const uid = process.getuid?.() ?? 0;
  const installation = createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12);
  const folder = join(base, `signalbox-${uid}-${installation}`);
  await mkdir(folder, { mode: 0o700 }).catch(() => {});
  const stats = await lstat(folder).catch(() => undefined);
  const isOurs = stats?.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0;
  return isOurs ? folder : mkdtemp(join(base, 'signalbox-'));
}

/** Running programs keep the file that they have. */
async function place(source: string, target: string): Promise<void> {
  const [wanted, present] = await Promise.all([readFile(source), readFile(target).catch(() => undefined)]);
  if (present?.equals(wanted)) return;
  await replace(target, (temporary) => copyFile(source, temporary), 0o644);
}

async function placeNode(source: string, folder: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(source);
  const name = `node-${ino}-${size}-${Math.floor(mtimeMs)}`;
  const target = join(folder, name);
  const present = await stat(target).catch(() => undefined);
  if (present?.size !== size) {
    const copy = (temporary: string) =>
      link(source, temporary).catch(() => copyFile(source, temporary, constants.COPYFILE_FICLONE));
    await replace(target, copy);
  }
  const older = (await readdir(folder)).filter((each) => each.startsWith('node-') && !each.startsWith(name));
  for (const each of older) await rm(join(folder, each), { force: true });
  return target;
}

async function replace(target: string, create: (temporary: string) => Promise<void>, mode?: number): Promise<void> {
  const temporary = `${target}.${randomUUID()}`;
  await create(temporary);
  if (mode !== undefined) await chmod(temporary, mode);
  await rename(temporary, target);
}

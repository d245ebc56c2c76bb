import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Cgroups, createCgroups, PROGRAM_PREFIX } from './cgroups.ts';

/** The child cgroup of the server; with systemd, `DelegateSubgroup=signalbox-server`. */
const SERVER_NAME = 'signalbox-server';
const NEEDED_CONTROLLERS = ['memory', 'pids'];
const USED_CONTROLLERS = [...NEEDED_CONTROLLERS, 'cpu'];
const MAX_MOVES = 10;

interface Machine {
  /** Where procfs is mounted. */
  readonly proc: string;
  readonly pid: number;
  readonly isRoot: boolean;
}

/**
 * Prepares the cgroup of this server for cgroups of programs, if it belongs to the server alone: processes move to a child
 * of it, because only a cgroup without processes can give controllers to its children. It is taken for the server's own
 *
 * - if the server is in a child `signalbox-server` already: then the parent;
 * - in a container with a cgroup namespace, if only the server, what it started, and what started it is in there;
 * - for an ordinary user who may write to it, if only the server and what it started is in there.
 * @returns why not, as a string, when that is not possible
 */
export async function findCgroups(machine: Machine): Promise<Cgroups | string> {
  try {
    const own = await ownCgroup(machine);
    if (typeof own === 'string') return own;
    const isServer = basename(own.folder) === SERVER_NAME;
    const parent = isServer ? dirname(own.folder) : own.folder;
    const controllers = await words(join(parent, 'cgroup.controllers'));
    const missing = NEEDED_CONTROLLERS.filter((name) => !controllers.includes(name));
    if (missing.length > 0) return `the cgroup of the server lacks the controllers ${missing.join(', ')}`;
    if (!isServer) {
      const problem = await whyShared(machine, own);
      if (problem !== undefined) return problem;
      await moveProcesses(parent);
    }
    await removeLeftovers(parent);
    for (const name of USED_CONTROLLERS.filter((each) => controllers.includes(each)))
      await writeFile(join(parent, 'cgroup.subtree_control'), `+${name}`);
    return createCgroups(parent);
  } catch (error) {
    return `the cgroup of the server cannot be used (${(error as NodeJS.ErrnoException).code ?? error})`;
  }
}

interface OwnCgroup {
  readonly folder: string;
  /** The path is `/`, and it is not the one of the machine. */
  readonly isContainer: boolean;
}

async function ownCgroup({ proc }: Machine): Promise<OwnCgroup | string> {
  const path = /^0::(\/.*)$/m.exec(await readFile(join(proc, 'self/cgroup'), 'utf8'))?.[1];
  const mounts = await readFile(join(proc, 'self/mountinfo'), 'utf8');
  // ID PARENT DEVICE ROOT MOUNTPOINT OPTIONS … - TYPE SOURCE OPTIONS (proc(5)); with ROOT / the path is below the mount point.
  const mountpoint = /^\S+ \S+ \S+ \/ (\S+) .* - cgroup2 /m.exec(mounts)?.[1];
  if (path === undefined || mountpoint === undefined) return 'cgroup version 2 is not mounted';
  const folder = join(mountpoint, path);
  // Only the cgroup of the machine itself has no such file.
  const isMachine = await readFile(join(folder, 'cgroup.events')).then(
    () => false,
    () => true,
  );
  if (isMachine) return 'the server has no cgroup for itself';
  return { folder, isContainer: path === '/' };
}

async function whyShared(machine: Machine, { folder, isContainer }: OwnCgroup): Promise<string | undefined> {
  if (machine.isRoot && !isContainer)
    return `root may write to every cgroup, so that does not show that this one is delegated (systemd: Delegate=yes and DelegateSubgroup=${SERVER_NAME})`;
  const ancestors = isContainer ? await ancestorsOf(machine, machine.pid) : [];
  for (const pid of await pidsIn(folder)) {
    if (ancestors.includes(pid) || pid === machine.pid) continue;
    if (!(await ancestorsOf(machine, pid)).includes(machine.pid))
      return `other processes are in the cgroup of the server, such as ${pid}`;
  }
  return undefined;
}

async function ancestorsOf({ proc }: Machine, pid: number): Promise<readonly number[]> {
  const status = await readFile(join(proc, String(pid), 'status'), 'latin1').catch(() => '');
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  return parent === 0 ? [] : [parent, ...(await ancestorsOf({ proc } as Machine, parent))];
}

/** Processes that start meanwhile are moved too. */
async function moveProcesses(folder: string): Promise<void> {
  const server = join(folder, SERVER_NAME);
  await mkdir(server, { recursive: true });
  for (let move = 0; move < MAX_MOVES; move += 1) {
    const pids = await pidsIn(folder);
    if (pids.length === 0) return;
    for (const pid of pids) await writeFile(join(server, 'cgroup.procs'), String(pid)).catch(ignoreEnded);
  }
}

function ignoreEnded(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ESRCH') throw error;
}

/** Cgroups of programs of an earlier server, which have ended with it. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((each) => each.startsWith(PROGRAM_PREFIX)))
    await rmdir(join(folder, name)).catch(() => {});
}

async function pidsIn(folder: string): Promise<readonly number[]> {
  return (await words(join(folder, 'cgroup.procs'))).map(Number);
}

async function words(file: string): Promise<readonly string[]> {
  return (await readFile(file, 'utf8')).split(/\s+/).filter((word) => word !== '');
}

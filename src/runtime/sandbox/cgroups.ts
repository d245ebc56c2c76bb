import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../core/errors.ts';
import type { ExitStatus, Process, ProgramLimits } from '../../core/programs/sandbox.ts';

/** Gives each program a cgroup (version 2), which limits all its processes together. */
export interface Cgroups {
  /**
   * @param start starts the program with the given command before its own, which enters the cgroup
   * @throws Fault UNAVAILABLE when no cgroup can be created
   */
  run(limits: ProgramLimits, start: (command: readonly string[]) => Promise<Process>): Promise<Process>;
}

export const PROGRAM_PREFIX = 'signalbox-program-';
/** Processes that set up the sandbox and wait for its end. */
const SETUP_PROCESSES = 8;
const CPU_PERIOD_US = 100_000;
/** How long the kernel may take to end all processes of a cgroup. */
const REMOVE_ATTEMPTS = 50;
const REMOVE_INTERVAL_MS = 20;
/** The shell moves itself, so that nothing it starts is outside. */
const ENTER_SCRIPT = 'echo $$ > "$0/cgroup.procs" && exec "$@"';

/** @param parent cgroup in which memory, pids and, if there is one, cpu are enabled for its children */
export function createCgroups(parent: string): Cgroups {
  return {
    async run(limits, start) {
      const folder = join(parent, PROGRAM_PREFIX + randomBytes(8).toString('hex'));
      try {
        await create(folder, limits);
        const process = await start(['/bin/sh', '-c', ENTER_SCRIPT, folder]);
        return { ...process, exited: process.exited.then((status) => finish(folder, limits, status)) };
      } catch (error) {
        await remove(folder);
        throw error;
      }
    },
  };
}

async function create(folder: string, { memoryBytes, processes }: ProgramLimits): Promise<void> {
  // One core is left to the server, if there are several.
  const cores = Math.max(1, availableParallelism() - 1);
  try {
    await mkdir(folder);
    await set(folder, 'memory.max', memoryBytes);
    await set(folder, 'memory.oom.group', 1);
    await set(folder, 'pids.max', processes + SETUP_PROCESSES);
  } catch (cause) {
    const message =
      'No cgroup can be created for the program. Check that no other program changes the cgroup of the server, and try again.';
    throw new Fault('UNAVAILABLE', message, { cause, retryAfterMs: 1_000 });
  }
  // A kernel without swap has no such limit; a parent need not have the controller cpu.
  await set(folder, 'memory.swap.max', 0).catch(() => {});
  await set(folder, 'cpu.max', `${cores * CPU_PERIOD_US} ${CPU_PERIOD_US}`).catch(() => {});
}

async function finish(folder: string, { memoryBytes }: ProgramLimits, status: ExitStatus): Promise<ExitStatus> {
  const events = await readFile(join(folder, 'memory.events'), 'latin1').catch(() => '');
  await remove(folder);
  const kills = Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  return kills > 0 ? { ...status, exceeded: { name: 'MEMORY', limit: memoryBytes } } : status;
}

async function remove(folder: string): Promise<void> {
  await set(folder, 'cgroup.kill', 1).catch(() => {});
  for (let attempt = 0; attempt < REMOVE_ATTEMPTS; attempt += 1) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
      await sleep(REMOVE_INTERVAL_MS);
    }
  }
}

function set(folder: string, name: string, value: string | number): Promise<void> {
  return writeFile(join(folder, name), String(value));
}

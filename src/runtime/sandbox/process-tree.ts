import { closeSync, constants, openSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Times of a thread since its start. */
export interface ThreadTimes {
  readonly cpuMs: number;
  /** In which it could have run, and other threads of the machine did. */
  readonly waitMs: number;
}

/** What the processes of a sandbox hold, in bytes, and how long they ran. */
export interface ProcessTree {
  /** At least what they hold: memory that processes share counts for each of them. Takes some 10 µs for each process. */
  estimate(): number;
  /** What they hold. Takes some 10 ms for each GiB. */
  measure(): Promise<number>;
  /** By a name of the thread that no other one has at the same time. */
  times(): ReadonlyMap<string, ThreadTimes>;
  close(): void;
}

const { O_RDONLY, O_DIRECTORY } = constants;
const KIB = 1_024;
/** What the kernel keeps in memory for a file in a tmpfs, in addition to its content. */
const INODE_BYTES = 1_024;

/** In /proc/PID/status: memory of a process that is neither a file nor shared. */
const PRIVATE_MEMORY = ['\nRssAnon:', '\nVmPTE:', '\nVmSwap:', '\nHugetlbPages:'];
/** In /proc/PID/smaps_rollup: the same with the share of the process in pages that several have. */
const PROPORTIONAL_MEMORY = ['\nPss_Anon:', '\nSwapPss:', '\nPrivate_Hugetlb:', '\nShared_Hugetlb:'];
const NUMBER_CHARS = 20;

/**
 * The processes of a sandbox, in its separate procfs: only they are in it, and none can hide. A zombie among them may
 * have threads that still hold its memory.
 * @param init first process of the sandbox, as this process sees it
 * @param folders in memory, as the sandbox sees them
 * @returns undefined as long as the sandbox has no procfs, and when it has ended
 */
export function openProcessTree(init: number, folders: readonly string[]): ProcessTree | undefined {
  const fd = openOwnProcfs(init);
  if (fd === undefined) return undefined;
  const proc = `/proc/self/fd/${fd}`;
  const tmpfs = () => sum(folders.map((folder) => orZero(() => usedBytes(`${proc}/1/root${folder}`))));
  return {
    estimate: () => tmpfs() + sum(processesOf(proc).map((pid) => privateBytes(`${proc}/${pid}`))),
    async measure() {
      let total = tmpfs();
      for (const pid of processesOf(proc)) total += await proportionalBytes(`${proc}/${pid}`);
      return total;
    },
    times: () => new Map(processesOf(proc).flatMap((pid) => [...threadTimes(`${proc}/${pid}`)])),
    close: () => closeSync(fd),
  };
}

const NS_PER_MS = 1_000_000;

/**
 * Times of the threads of a process, by their folders; empty where the kernel does not measure them.
 * @param process its folder in a procfs
 */
export function threadTimes(process: string): ReadonlyMap<string, ThreadTimes> {
  const times = new Map<string, ThreadTimes>();
  for (const thread of threadsOf(process)) {
    try {
      const [cpuNs, waitNs] = readFileSync(`${thread}/schedstat`, 'latin1').split(' ').map(Number);
      times.set(thread, { cpuMs: (cpuNs ?? 0) / NS_PER_MS, waitMs: (waitNs ?? 0) / NS_PER_MS });
    } catch {
      // It ended.
    }
  }
  return times;
}

function openOwnProcfs(init: number): number | undefined {
  try {
    const fd = openSync(`/proc/${init}/root/proc`, O_RDONLY | O_DIRECTORY);
    // Until the sandbox has its own root, that is the procfs of this machine.
    if (statSync(`/proc/self/fd/${fd}`).dev !== statSync('/proc').dev) return fd;
    closeSync(fd);
  } catch {
    // Not mounted yet, or no longer there.
  }
  return undefined;
}

function processesOf(proc: string): readonly string[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function privateBytes(process: string): number {
  const bytes = orZero(() => sumOf(readFileSync(`${process}/status`, 'latin1'), PRIVATE_MEMORY));
  // Without memory: a process of the kernel's, one that ended, or one whose first thread ended before others.
  return bytes > 0 ? bytes : orZero(() => Math.max(0, ...threadsOf(process).map(threadBytes)));
}

const threadBytes = (thread: string) => orZero(() => sumOf(readFileSync(`${thread}/status`, 'latin1'), PRIVATE_MEMORY));

async function proportionalBytes(process: string): Promise<number> {
  for (const path of [process, ...threadsOf(process)]) {
    const rollup = await readFile(`${path}/smaps_rollup`, 'latin1').catch(() => '');
    if (rollup === '') continue;
    return sumOf(rollup, PROPORTIONAL_MEMORY) + pageTableBytes(path);
  }
  return 0;
}

const pageTableBytes = (process: string) =>
  orZero(() => sumOf(readFileSync(`${process}/status`, 'latin1'), ['\nVmPTE:']));

function threadsOf(process: string): readonly string[] {
  try {
    return readdirSync(`${process}/task`).map((thread) => `${process}/task/${thread}`);
  } catch {
    return [];
  }
}

/** The sum of these lines of the kernel, such as `VmSwap:	       0 kB`, in bytes. */
function sumOf(text: string, names: readonly string[]): number {
  let total = 0;
  for (const name of names) {
    const at = text.indexOf(name);
    if (at >= 0) total += Number.parseInt(text.slice(at + name.length, at + name.length + NUMBER_CHARS), 10);
  }
  return total * KIB;
}

function usedBytes(folder: string): number {
  const { blocks, bfree, bsize, files, ffree } = statfsSync(folder);
  return (blocks - bfree) * bsize + (files - ffree) * INODE_BYTES;
}

function orZero(read: () => number): number {
  try {
    return read();
  } catch {
    return 0;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

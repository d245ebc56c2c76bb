import type { RequestListener } from 'node:http';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { Fault } from '../errors.ts';

/** The Node that runs this server: its path in every sandbox, and in URIs, which must not tell where the server is installed. */
export const SANDBOX_NODE_PATH = '/run/signalbox/bin/node';

/** An untrusted program, and everything that it receives. */
export interface Program {
  /** argv; the first entry is an absolute path, or a name that is looked up in /usr/local/bin, /usr/bin and /bin. */
  readonly command: readonly string[];
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Path inside the sandbox. Default `/work`. */
  readonly cwd?: string;
  /** Visible folders and files of this machine, in addition to a read-only system without /etc, /home, /root and /var. */
  readonly mounts: readonly ProgramMount[];
  /** `settings`: in addition the files of SANDBOX_READ_PATHS, whose paths may tell where the server is installed. */
  readonly reads?: 'settings';
  readonly limits: ProgramLimits;
  /** `host:port` that the program can reach, only through the proxy in its HTTPS_PROXY. Default: no network. */
  readonly hosts?: readonly string[];
  /** Without hosts: answers the plain HTTP requests that the program sends to the proxy in its HTTP_PROXY. */
  readonly gateway?: RequestListener;
}

interface ProgramMount {
  readonly from: string;
  readonly to: string;
  readonly writable?: true;
  /** A folder that other programs write to: this one may read all of it. */
  readonly shared?: true;
}

export interface ProgramLimits {
  /** Memory of all processes together, with the files in /tmp and /dev/shm. docs/sandbox.md says how far it holds. */
  readonly memoryBytes: number;
  /** Address space of one process. Default `memoryBytes`. */
  readonly addressSpaceBytes?: number;
  readonly processes: number;
  readonly cpuSeconds: number;
  /** Size of one file. */
  readonly fileBytes: number;
}

export interface ExitStatus {
  /** Null when a signal ended the program. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Set when the program was ended because all its processes together exceeded this limit. */
  readonly exceeded?: ExceededLimit;
}

interface ExceededLimit {
  readonly name: 'MEMORY';
  /** In bytes. */
  readonly limit: number;
}

/** A running program. Its streams are not limited: the reader counts, and kills the program when there is too much output. */
export interface Process {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ExitStatus>;
  /**
   * Calls back once when the program has run for this many milliseconds: from its first instruction, or from now. Sleeping
   * counts; waiting for a processor does not. The CPU time of all its processes counts if it is more.
   * @returns ends the limit
   */
  limitTime(ms: number, onExceeded: () => void): () => void;
  /** Sends SIGKILL to the program and everything that it started. */
  kill(): void;
}

/** Where untrusted programs run. */
export interface Sandbox {
  /** `none`: the program may do whatever this process may do. */
  readonly kind: 'bubblewrap' | 'none';
  /**
   * @param signal ends the program and everything that it started
   * @throws Fault UNAVAILABLE when there is no sandbox and ALLOW_UNSANDBOXED_EXEC is not set, NOT_FOUND when the
   *   program does not exist
   */
  spawn(program: Program, signal: AbortSignal): Promise<Process>;
}

/** The error for a program that was ended at a limit; undefined for one that ended for another reason. */
export function limitFault(program: string, { signal, exceeded }: ExitStatus): Fault | undefined {
  if (exceeded) {
    const message = `${program} was ended: all its processes together, with their files in /tmp and /dev/shm, held more than ${exceeded.limit / 2 ** 20} MiB of memory. Let it hold less.`;
    return new Fault('RESOURCE_TOO_LARGE', message);
  }
  if (signal === 'SIGXCPU')
    return new Fault('TIMEOUT', `${program} was ended: it took more CPU time than it may have. Let it do less.`);
  if (signal === 'SIGXFSZ')
    return new Fault('RESOURCE_TOO_LARGE', `${program} was ended: a file became larger than it may be. Write less.`);
  return undefined;
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
const SHELL_SIGNAL_BASE = 128;

/** bubblewrap reports a signal as shells do, by the exit code 128 plus its number. */
export function exitStatusOf(code: number | null, signal: string | null): ExitStatus {
  const name = code === null ? signal : SIGNAL_NAMES.get(code - SHELL_SIGNAL_BASE);
  return name ? { code: null, signal: name } : { code, signal: null };
}

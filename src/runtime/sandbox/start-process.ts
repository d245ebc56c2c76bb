import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import { type ExitStatus, exitStatusOf, type Process, type ProgramLimits } from '../../core/programs/sandbox.ts';
import { endWithParent } from '../../lib/system/end-with-parent.ts';
import { threadTimes } from './process-tree.ts';
import { limitTime } from './program-clock.ts';

export const PRLIMIT = '/usr/bin/prlimit';
const MAX_OPEN_FILES = 1_024;

/** Prefix of a command that sets its limits, which its child processes inherit. No core files. */
export function prlimitCommand(limits: ProgramLimits): readonly string[] {
  const { memoryBytes, addressSpaceBytes = memoryBytes, processes, cpuSeconds, fileBytes } = limits;
  const cpu = Math.max(1, Math.ceil(cpuSeconds));
  return [
    PRLIMIT,
    `--as=${addressSpaceBytes}`,
    `--nproc=${processes}`,
    // SIGXCPU can be ignored; SIGKILL follows one second later.
    `--cpu=${cpu}:${cpu + 1}`,
    `--fsize=${fileBytes}`,
    `--nofile=${MAX_OPEN_FILES}`,
    '--core=0',
    '--',
  ];
}

interface ProcessOptions {
  /** argv; the first element is an absolute path. */
  readonly command: readonly string[];
  /** The command itself makes sure that it ends with this process. Default: the kernel does. */
  readonly endsWithParent?: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Opens file descriptor 3 as a pipe, next to the three that every process has. */
  readonly dataPipe?: true;
  /** What the process can read from file descriptor 4. */
  readonly extraInput?: Uint8Array;
  /** Opens file descriptor 5 as a pipe that the process writes to. */
  readonly infoPipe?: true;
}

/** File descriptor of `dataPipe`. */
export const DATA_FD = 3;
/** File descriptor of `extraInput`. */
export const INPUT_FD = 4;
/** File descriptor of `infoPipe`. */
export const INFO_FD = 5;

export interface StartedProcess extends Process {
  readonly dataPipe: Duplex | undefined;
  readonly infoPipe: Duplex | undefined;
}

/** Starts a process in a new process group, which `kill` and the signal end as a whole. @throws Fault UNAVAILABLE, CANCELLED */
export async function startProcess(start: ProcessOptions, signal: AbortSignal): Promise<StartedProcess> {
  if (signal.aborted) throw abortFault(signal);
  const [file = '', ...args] = start.endsWithParent ? start.command : endWithParent(start.command);
  const child = spawn(file, args, {
    env: { ...start.env },
    ...(start.cwd !== undefined && { cwd: start.cwd }),
    stdio: ['pipe', 'pipe', 'pipe', ...[start.dataPipe, start.extraInput, start.infoPipe].map(pipeIf)],
    // A new group: Ctrl-C reaches only the server, and the group can be killed.
    detached: true,
  });
  const { stdin, stdout, stderr } = child;
  const dataPipe = (child.stdio[DATA_FD] as Duplex | null) ?? undefined;
  const extraInput = (child.stdio.at(INPUT_FD) as Duplex | null | undefined) ?? undefined;
  const infoPipe = (child.stdio.at(INFO_FD) as Duplex | null | undefined) ?? undefined;
  // Readers and writers learn of the end by `exited`.
  for (const stream of [stdin, stdout, stderr, dataPipe, extraInput, infoPipe]) stream?.on('error', () => {});
  extraInput?.end(start.extraInput);
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('exit', (code, signal) => resolve(exitStatusOf(code, signal)));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.on('error', (error) => reject(startFault(file, error)));
  });

  const pid = child.pid as number;
  const kill = () => {
    // The pid may be reused once the process was reaped.
    if (child.exitCode === null && child.signalCode === null) killGroup(pid);
  };
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  void exited.then(() => signal.removeEventListener('abort', kill));
  return {
    pid,
    stdin: stdin as Writable,
    stdout: stdout as Readable,
    stderr: stderr as Readable,
    dataPipe,
    infoPipe,
    exited,
    limitTime: (ms, onExceeded) => limitUntilExit(exited, () => threadTimes(`/proc/${pid}`), ms, onExceeded),
    kill,
  };
}

/** A limit of time that ends with the process. */
export function limitUntilExit(
  exited: Promise<unknown>,
  ...[read, ms, onExceeded]: Parameters<typeof limitTime>
): () => void {
  const end = limitTime(read, ms, onExceeded);
  void exited.then(end);
  return end;
}

function pipeIf(wanted: unknown): 'pipe' | 'ignore' {
  return wanted === undefined ? 'ignore' : 'pipe';
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

function startFault(file: string, error: Error): Fault {
  return new Fault('UNAVAILABLE', `${basename(file)} could not be started. Try again later.`, {
    cause: error,
    retryAfterMs: 1_000,
  });
}

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Duplex, Readable, Writable } from 'node:stream';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import type { ExitStatus, Process, ProgramLimits } from '../../core/sandbox.ts';

export const PRLIMIT = '/usr/bin/prlimit';
const MAX_OPEN_FILES = 1_024;

/** The words before a command that let it begin with these limits, which all that it starts inherits. No core files. */
export function prlimitCommand({ memoryBytes, processes, cpuSeconds, fileBytes }: ProgramLimits): readonly string[] {
  const cpu = Math.max(1, Math.ceil(cpuSeconds));
  return [
    PRLIMIT,
    `--as=${memoryBytes}`,
    `--nproc=${processes}`,
    // A second after SIGXCPU, which can be ignored, comes SIGKILL.
    `--cpu=${cpu}:${cpu + 1}`,
    `--fsize=${fileBytes}`,
    `--nofile=${MAX_OPEN_FILES}`,
    '--core=0',
    '--',
  ];
}

export interface ProcessOptions {
  /** argv, the first an absolute path. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It gets a file descriptor beside the three that every process has. */
  readonly dataPipe?: true;
  /** What it can read from the file descriptor after that. */
  readonly extraInput?: Uint8Array;
}

/** Number of the dataPipe file descriptor. */
export const DATA_FD = 3;
export const INPUT_FD = 4;

export interface StartedProcess extends Process {
  readonly dataPipe: Duplex | undefined;
}

/** Starts a process in a group of its own, which `kill` and the signal end as a whole. @throws Fault UNAVAILABLE, CANCELLED */
export async function startProcess(start: ProcessOptions, signal: AbortSignal): Promise<StartedProcess> {
  if (signal.aborted) throw abortFault(signal);
  const [file = '', ...args] = start.command;
  const child = spawn(file, args, {
    env: { ...start.env },
    ...(start.cwd !== undefined && { cwd: start.cwd }),
    stdio: ['pipe', 'pipe', 'pipe', start.dataPipe ? 'pipe' : 'ignore', ...(start.extraInput ? ['pipe' as const] : [])],
    // Its own group: a Ctrl-C for the server is not one for it, and the group can be killed.
    detached: true,
  });
  const { stdin, stdout, stderr } = child;
  const dataPipe = (child.stdio[DATA_FD] as Duplex | null) ?? undefined;
  const extraInput = (child.stdio.at(INPUT_FD) as Duplex | null | undefined) ?? undefined;
  // Who reads or writes them learns of the end by `ended`.
  for (const stream of [stdin, stdout, stderr, dataPipe, extraInput]) stream?.on('error', () => {});
  extraInput?.end(start.extraInput);
  const ended = new Promise<ExitStatus>((resolve) => {
    child.once('exit', (code, by) => resolve(exitOf(code, by)));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.on('error', (error) => reject(startFault(file, error)));
  });

  const pid = child.pid as number;
  const kill = () => {
    // Its number may be somebody else's once it was waited for.
    if (child.exitCode === null && child.signalCode === null) killGroup(pid);
  };
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  void ended.then(() => signal.removeEventListener('abort', kill));
  const streams = { stdin: stdin as Writable, stdout: stdout as Readable, stderr: stderr as Readable, dataPipe };
  return { pid, ...streams, exited: ended, kill };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
const SHELL_SIGNAL_BASE = 128;

/** bubblewrap tells of a signal as shells do, by an exit code of 128 and its number. */
function exitOf(code: number | null, by: string | null): ExitStatus {
  const signal = code === null ? by : SIGNAL_NAMES.get(code - SHELL_SIGNAL_BASE);
  return signal ? { code: null, signal } : { code, signal: null };
}

function startFault(file: string, error: Error): Fault {
  return new Fault('UNAVAILABLE', `${file} could not be started. Try again later.`, {
    cause: error,
    retryAfterMs: 1_000,
  });
}

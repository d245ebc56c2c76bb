import type { Readable } from 'node:stream';
import { abortFault } from '../../core/abort.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { Process, ProgramLimits, Sandbox } from '../../core/sandbox.ts';
import { forwardLogLines } from '../shared/log-lines.ts';

/** What a program writes to one of its streams, decoded leniently. */
export interface CapturedOutput {
  text(): string;
  /** Resolves when the stream is over. */
  readonly ended: Promise<void>;
}

/**
 * Reads a stream to its end.
 * @param each told each piece of text as it comes
 * @param full called once, when there is more than `maxBytes`; what comes after is dropped
 */
export function captureOutput(
  from: Readable,
  maxBytes: number,
  { each, full }: { each(text: string): void; full(): void },
): CapturedOutput {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let left = maxBytes;
  const take = (text: string) => {
    if (text === '') return;
    pieces.push(text);
    each(text);
  };
  from.on('data', (chunk: Buffer) => {
    if (left < 0) return;
    left -= chunk.length;
    if (left < 0) full();
    else take(decoder.decode(chunk, { stream: true }));
  });
  from.on('error', () => {});
  const over = new Promise<void>((resolve) => {
    from.once('end', () => take(decoder.decode()));
    from.once('close', resolve);
  });
  return { text: () => pieces.join(''), ended: over };
}

export interface ShellDeps {
  readonly sandbox: Sandbox;
  readonly programLimits: ProgramLimits;
}

/** A shell text and all that it gets. */
export interface ShellCall {
  /** Absolute path of the shell. */
  readonly shell: string;
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Inside of the sandbox. */
  readonly cwd: string;
  readonly timeoutMs?: number;
}

export interface ShellOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export const WORKSPACE = '/workspace';
const BASE_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/tmp' };
/** Of stdout, and of stderr. */
const MAX_OUTPUT_BYTES = 2 ** 20;
/** How long the pipes may stay open although the shell has ended. */
const PIPE_CLOSE_TIMEOUT_MS = 500;

/**
 * Runs a shell text in the sandbox, with the workspace of the run at /workspace. stdout is streamed, stderr is logged.
 * @throws Fault TIMEOUT, RESOURCE_TOO_LARGE, CANCELLED, UNAVAILABLE; BAD_INPUT when a signal ended it
 */
export async function runShell(call: ShellCall, deps: ShellDeps, work: AgentSession): Promise<ShellOutcome> {
  const { sandbox, programLimits: limits } = deps;
  if (sandbox.kind === 'none')
    work.log('WARN', `${call.shell} runs without a sandbox: it may do all that this server may.`);
  const own = new AbortController();
  const stop = AbortSignal.any([work.signal, own.signal]);
  const timer = call.timeoutMs && setTimeout(() => own.abort(timeoutFault(call.timeoutMs)), call.timeoutMs);
  try {
    const mounts = [{ from: await work.workspace(), to: WORKSPACE, writable: true as const }];
    const command = [call.shell, '-c', call.text];
    const process = await sandbox.spawn(
      { command, env: { ...BASE_ENVIRONMENT, ...call.env }, cwd: call.cwd, mounts, limits },
      stop,
    );
    // It need not read what it is given.
    process.stdin.on('error', () => {});
    process.stdin.end(call.stdin);
    const outcome = await outcomeOf(process, (name) => own.abort(outputTooLargeFault(name)), work);
    if (stop.aborted) throw abortFault(stop);
    if (outcome.code !== null) return { ...outcome, code: outcome.code };
    throw new Fault(
      'BAD_INPUT',
      `The command was ended by ${outcome.signal}: it may have passed a limit of the sandbox.`,
    );
  } finally {
    clearTimeout(timer);
  }
}

async function outcomeOf(process: Process, full: (name: string) => void, work: AgentSession) {
  forwardLogLines(process.stderr, work.log, 'INFO');
  const stdout = captureOutput(process.stdout, MAX_OUTPUT_BYTES, { each: work.streamText, full: () => full('stdout') });
  const stderr = captureOutput(process.stderr, MAX_OUTPUT_BYTES, { each: () => {}, full: () => full('stderr') });
  const ended = await process.exited;
  // What it left in the background ends with it.
  process.kill();
  const grace = Promise.withResolvers<void>();
  const timer = setTimeout(grace.resolve, PIPE_CLOSE_TIMEOUT_MS);
  await Promise.race([Promise.all([stdout.ended, stderr.ended]), grace.promise]);
  clearTimeout(timer);
  return { ...ended, stdout: stdout.text(), stderr: stderr.text() };
}

function timeoutFault(ms: number | undefined): Fault {
  return new Fault('TIMEOUT', `The command took longer than ${ms} ms. Give it more time, or less to do.`);
}

function outputTooLargeFault(name: string): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The command writes more than ${MAX_OUTPUT_BYTES} bytes to ${name}. Let it write a file.`,
  );
}

import type { Readable } from 'node:stream';
import { abortFault } from '../../core/abort.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { limitFault, type Process, type ProgramLimits, type Sandbox } from '../../core/programs/sandbox.ts';
import { forwardLogLines } from '../shared/log-lines.ts';
import { BASE_ENVIRONMENT, WORKSPACE } from '../shared/sandbox-environment.ts';

/** What a program wrote to one of its streams; malformed UTF-8 becomes U+FFFD. */
interface CapturedOutput {
  text(): string;
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
}

/**
 * Reads a stream to its end.
 * @param onText called with each piece of text as it arrives
 * @param onFull called once, when there is more than `maxBytes`; the rest is dropped
 */
function captureOutput(
  from: Readable,
  maxBytes: number,
  { onText, onFull }: { onText(text: string): void; onFull(): void },
): CapturedOutput {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let bytesLeft = maxBytes;
  const append = (text: string) => {
    if (text === '') return;
    pieces.push(text);
    onText(text);
  };
  from.on('data', (chunk: Buffer) => {
    if (bytesLeft < 0) return;
    bytesLeft -= chunk.length;
    if (bytesLeft < 0) onFull();
    else append(decoder.decode(chunk, { stream: true }));
  });
  from.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    from.once('end', () => append(decoder.decode()));
    from.once('close', resolve);
  });
  return { text: () => pieces.join(''), ended };
}

export interface ShellDeps {
  readonly sandbox: Sandbox;
  readonly programLimits: ProgramLimits;
}

/** A shell script and everything that it receives. */
export interface ShellCall {
  /** Absolute path of the shell. */
  readonly shell: string;
  /** The script. */
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Inside the sandbox. */
  readonly cwd: string;
  readonly timeoutMs?: number;
}

export interface ShellOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Of stdout and of stderr, each. */
const MAX_OUTPUT_BYTES = 2 ** 20;
/** How long the pipes may stay open after the shell has ended. */
const PIPE_CLOSE_TIMEOUT_MS = 500;

/**
 * Runs a shell script in the sandbox, with the workspace of the run at /workspace. stdout is streamed, stderr is logged.
 * @throws Fault TIMEOUT, RESOURCE_TOO_LARGE, CANCELLED, UNAVAILABLE; BAD_INPUT when a signal ended the shell
 */
export async function runShell(call: ShellCall, deps: ShellDeps, session: AgentSession): Promise<ShellOutcome> {
  const { sandbox, programLimits: limits } = deps;
  if (sandbox.kind === 'none')
    session.log('WARN', `${call.shell} runs without a sandbox: it may do whatever this server may.`);
  const controller = new AbortController();
  const signal = AbortSignal.any([session.signal, controller.signal]);
  const mounts = [{ from: await session.workspace(), to: WORKSPACE, writable: true as const }];
  const command = [call.shell, '-c', call.text];
  const process = await sandbox.spawn(
    { command, env: { ...BASE_ENVIRONMENT, ...call.env }, cwd: call.cwd, mounts, reads: 'settings', limits },
    signal,
  );
  const { timeoutMs } = call;
  if (timeoutMs !== undefined) process.limitTime(timeoutMs, () => controller.abort(timeoutFault(timeoutMs)));
  // The shell need not read its input.
  process.stdin.on('error', () => {});
  process.stdin.end(call.stdin);
  const outcome = await outcomeOf(process, (name) => controller.abort(outputTooLargeFault(name)), session);
  if (signal.aborted) throw abortFault(signal);
  const fault = limitFault('The command', outcome);
  if (fault) throw fault;
  if (outcome.code !== null) return { ...outcome, code: outcome.code };
  throw new Fault(
    'BAD_INPUT',
    `The command was ended by ${outcome.signal}. It may have exceeded a limit of the sandbox; let it do less.`,
  );
}

async function outcomeOf(process: Process, onFull: (name: string) => void, session: AgentSession) {
  forwardLogLines(process.stderr, session.log, 'INFO');
  const stdout = captureOutput(process.stdout, MAX_OUTPUT_BYTES, {
    onText: session.streamText,
    onFull: () => onFull('stdout'),
  });
  const stderr = captureOutput(process.stderr, MAX_OUTPUT_BYTES, {
    onText: () => {},
    onFull: () => onFull('stderr'),
  });
  const exit = await process.exited;
  // Background processes end with the shell.
  process.kill();
  const grace = Promise.withResolvers<void>();
  const timer = setTimeout(grace.resolve, PIPE_CLOSE_TIMEOUT_MS);
  await Promise.race([Promise.all([stdout.ended, stderr.ended]), grace.promise]);
  clearTimeout(timer);
  return { ...exit, stdout: stdout.text(), stderr: stderr.text() };
}

function timeoutFault(ms: number): Fault {
  return new Fault('TIMEOUT', `The command ran for longer than ${ms} ms. Raise timeoutMs, or let it do less.`);
}

function outputTooLargeFault(name: string): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The command wrote more than ${MAX_OUTPUT_BYTES} bytes to ${name}. Let it write to a file.`,
  );
}

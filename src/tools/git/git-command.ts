import { type ChildProcess, spawn } from 'node:child_process';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import { gitFault } from './git-fault.ts';

interface GitOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Matches the output of a failed command that counts as its answer. */
  readonly acceptedFailure?: RegExp;
}

/** Runs git and returns its complete output. @throws Fault */
export interface GitCommand {
  text(args: readonly string[], options?: GitOptions): Promise<string>;
  bytes(args: readonly string[], options?: GitOptions): Promise<Buffer>;
}

/** More than the content of a commit and the names of its files may have. */
const MAX_OUTPUT_BYTES = 160 * 2 ** 20;
const KILL_GRACE_MS = 400;

/**
 * The system's git, in a separate process group: git starts another program for the network, which would continue
 * waiting for a silent remote after git itself was killed.
 * @param env the complete environment; nothing of this process is added
 * @param signal ends git and the programs that it started
 */
export function createGitCommand(
  folder: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): GitCommand {
  const bytes = async (args: readonly string[], options: GitOptions = {}) => {
    if (signal.aborted) throw abortFault(signal);
    const child = spawn('git', args, { cwd: folder, env: { ...env, ...options.env }, detached: true });
    const stop = () => killGroup(child);
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await outputOf(child, options);
    } catch (error) {
      throw signal.aborted ? abortFault(signal) : error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
  return { bytes, text: async (args, options) => (await bytes(args, options)).toString() };
}

async function outputOf(child: ChildProcess, { input = '', acceptedFailure }: GitOptions): Promise<Buffer> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let size = 0;
  const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_OUTPUT_BYTES) killGroup(child);
    else chunks.push(chunk);
  };
  child.stdout?.on('data', collect(stdout));
  child.stderr?.on('data', collect(stderr));
  // Git need not read its input; the exit status decides.
  child.stdin?.on('error', () => {}).end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(gitFault(error.message, error)));
    child.once('close', resolve);
  });
  if (size > MAX_OUTPUT_BYTES)
    throw new Fault(
      'RESOURCE_TOO_LARGE',
      'The output of git is too large: the repository is larger than this tool supports.',
    );
  if (status === 0) return Buffer.concat(stdout);
  const answer = Buffer.concat([...stdout, ...stderr]);
  if (acceptedFailure?.test(answer.toString())) return answer;
  throw gitFault(answer.toString(), new Error(`git ended with status ${status}`));
}

/** On SIGTERM git removes its lock files; processes that are still running after that get SIGKILL. */
function killGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const timer = setTimeout(signalGroup, KILL_GRACE_MS, pid, 'SIGKILL');
  child.once('close', () => clearTimeout(timer));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended.
  }
}

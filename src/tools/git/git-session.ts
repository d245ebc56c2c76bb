import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Readable } from 'node:stream';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import { exitStatusOf, limitFault, type Process, type Sandbox } from '../../core/programs/sandbox.ts';
import { gitEnvironment } from './environment.ts';
import { gitFault } from './git-fault.ts';
import { quote } from './opening-script.ts';

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

/** A shell in the sandbox that runs one command after the other. */
export interface GitSession {
  readonly git: GitCommand;
  /** Runs a script that reads nothing. @returns its exit status; what it wrote is dropped */
  run(script: string): Promise<number>;
  /** Runs a last script and ends the shell, with all that it started. */
  close(script: string): Promise<void>;
}

export interface GitSessionOptions {
  readonly sandbox: Sandbox;
  /** Absolute; all that git sees of the files of this machine, in addition to the system. */
  readonly workspace: string;
  readonly writable: boolean;
  /** Answers the HTTP requests of git. Default: no network. */
  readonly gateway?: RequestListener;
}

/** Where git sees the workspace. */
const WORKSPACE = '/workspace';
const MIB = 2 ** 20;
const LIMITS = { memoryBytes: 4_096 * MIB, processes: 64, cpuSeconds: 600, fileBytes: 1_024 * MIB };
/** More than the content of a commit and the names of its files may have. */
const MAX_OUTPUT_BYTES = 160 * MIB;

/**
 * Starts one sandbox for the commands of one tool call, because starting it takes longer than most commands of git.
 * @param signal ends git and the programs that it started
 * @throws Fault UNAVAILABLE without a sandbox
 */
export async function openGitSession(options: GitSessionOptions, signal: AbortSignal): Promise<GitSession> {
  const { sandbox, workspace, writable, gateway } = options;
  const process = await sandbox.spawn(
    {
      command: ['sh', '-s'],
      env: gitEnvironment(),
      cwd: WORKSPACE,
      mounts: [{ from: workspace, to: WORKSPACE, shared: true, ...(writable && { writable: true as const }) }],
      limits: LIMITS,
      ...(gateway && { gateway }),
    },
    signal,
  );
  const answer = async (script: string) => {
    const mark = randomUUID();
    const answers = [readAnswer(process.stdout, mark, process), readAnswer(process.stderr, mark, process)] as const;
    process.stdin.write(`${script}\n${endOfAnswer(mark)}`);
    try {
      const [out, err] = await Promise.all(answers);
      return { status: out.status, stdout: out.bytes, stderr: err.bytes };
    } catch (error) {
      if (signal.aborted) throw abortFault(signal);
      process.kill();
      throw limitFault('Git', await process.exited) ?? error;
    }
  };
  const bytes = async (args: readonly string[], { input = '', env = {}, acceptedFailure }: GitOptions = {}) => {
    const { status, stdout, stderr } = await answer(gitScript(args, input, env));
    if (status === 0) return stdout;
    const output = Buffer.concat([stdout, stderr]);
    if (acceptedFailure?.test(output.toString())) return output;
    throw (
      limitFault('Git', exitStatusOf(status, null)) ??
      gitFault(output.toString(), new Error(`git ended with status ${status}`))
    );
  };
  return {
    git: { bytes, text: async (args, more) => (await bytes(args, more)).toString() },
    run: async (script) => (await answer(`{ ${script}\n} </dev/null`)).status,
    async close(script) {
      // A session that was killed has nothing to close.
      await answer(script).catch(() => {});
      process.stdin.end();
    },
  };
}

/** The input is in base64, which a shell can hold, and which contains no line "." that ends it. */
function gitScript(args: readonly string[], input: string, env: GitOptions['env'] = {}): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  const command = [...variables, 'git', ...args.map(quote)].join(' ');
  if (input === '') return `${command} </dev/null`;
  return `base64 -d >"$tmp/input" <<'.' && ${command} <"$tmp/input"\n${Buffer.from(input).toString('base64')}\n.`;
}

function endOfAnswer(mark: string): string {
  return `status=$?; printf '\\n%s %s\\n' ${mark} "$status" >&2; printf '\\n%s %s\\n' ${mark} "$status"\n`;
}

interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** Longer than the line with the mark. */
const TAIL_CHARS = 64;

/** Reads a stream up to the line that ends an answer. */
function readAnswer(stream: Readable, mark: string, process: Process): Promise<Answer> {
  const end = new RegExp(`\n${mark} (\\d+)\n$`);
  const chunks: Buffer[] = [];
  let size = 0;
  let tail = '';
  return new Promise((resolve, reject) => {
    const settle = (settled: () => void) => {
      stream.off('data', onData).off('close', onClose);
      settled();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      tail = (tail + chunk.toString('latin1')).slice(-TAIL_CHARS);
      const [line, status] = end.exec(tail) ?? [];
      if (line !== undefined) {
        const bytes = Buffer.concat(chunks).subarray(0, size - line.length);
        return settle(() => resolve({ status: Number(status), bytes }));
      }
      if (size <= MAX_OUTPUT_BYTES) return;
      process.kill();
      settle(() => reject(tooLargeFault()));
    };
    const onClose = () => settle(() => reject(endedFault(Buffer.concat(chunks).toString())));
    stream.on('data', onData).on('close', onClose);
    if (stream.closed) onClose();
  });
}

function tooLargeFault(): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    'The output of git is too large: the repository is larger than this tool supports.',
  );
}

function endedFault(output: string): Fault {
  const why = output.trim().slice(0, 300).toWellFormed();
  return new Fault('UNAVAILABLE', `Git ended before its answer${why && `: ${why}`}. Try again later.`, {
    retryAfterMs: 1_000,
  });
}

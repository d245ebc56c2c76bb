import { basename, dirname, join } from 'node:path';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { limitFault, type Process, type ProgramLimits, type Sandbox } from '../../core/programs/sandbox.ts';
import { findProgram } from '../../resources/uri/exec-uri.ts';
import { forwardLogLines } from '../shared/log-lines.ts';
import { BASE_ENVIRONMENT, WORKSPACE } from '../shared/sandbox-environment.ts';
import { parseMessages, type RpcMessage, rpcText } from './json-rpc.ts';
import { truncateMessage, unusableServerFault } from './mcp-fault.ts';
import { createDuplexTransport, MAX_MESSAGE_BYTES, type McpTransport } from './transport.ts';

export interface McpStdioDeps {
  readonly sandbox: Sandbox;
  readonly programLimits: ProgramLimits;
  /** SANDBOX_READ_PATHS: a path in the command may begin with the name of one of these folders. */
  readonly readPaths: readonly string[];
  /** Replaces the secrets of the program's environment in a text. */
  redact(text: string): string;
}

/** How long the last output of a program that ended may take to arrive. */
const STDERR_GRACE_MS = 100;

/**
 * Starts an MCP server in the sandbox and exchanges messages line by line (MCP 2025-11-25, "stdio").
 * @throws Fault UNAVAILABLE, NOT_FOUND
 */
export async function openStdioTransport(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  deps: McpStdioDeps,
  ctx: ToolContext,
): Promise<McpTransport> {
  const [program = '', ...args] = command;
  if (deps.sandbox.kind === 'none')
    ctx.log('WARN', `${program} runs without a sandbox: it may do whatever this server may.`);
  const process = await deps.sandbox.spawn(
    {
      command: [findProgram(program), ...args.map((arg) => resolveReadablePath(arg, deps.readPaths))],
      env: { ...BASE_ENVIRONMENT, ...env },
      cwd: WORKSPACE,
      mounts: [{ from: await ctx.workspace(), to: WORKSPACE, writable: true }],
      reads: 'settings',
      limits: deps.programLimits,
    },
    ctx.signal,
  );
  process.stdin.on('error', () => {});
  const transport = createDuplexTransport(
    (message) => writeLine(process, program, message),
    async () => process.kill(),
  );
  const lastOutput = forwardLogLines(process.stderr, (level, text) => ctx.log(level, deps.redact(text)), 'INFO');
  const fail = (why: string | Fault) => {
    transport.fail(typeof why === 'string' ? unusableServerFault(program, why) : why);
    process.kill();
  };
  void process.exited.then(async (status) => {
    const { code, signal } = status;
    const fault = limitFault(program, status);
    if (fault) return fail(fault);
    await new Promise((resolve) => setTimeout(resolve, STDERR_GRACE_MS));
    const output = deps.redact(lastOutput());
    fail(
      `it ended (${signal ?? `code ${code}`})${output && `; its last output: ${truncateMessage(output.slice(-500))}`}`,
    );
  });
  readLines(process, program, fail, (line) => {
    const messages = parseMessages(line);
    if (messages) for (const message of messages) transport.receive(message);
    else fail(`it wrote something other than MCP to standard output: ${truncateMessage(line.slice(0, 200))}`);
  });
  return transport;
}

/** `examples/a.ts` → `/srv/signalbox/examples/a.ts`, when programs may read `/srv/signalbox/examples`. */
function resolveReadablePath(arg: string, readPaths: readonly string[]): string {
  const folder = readPaths.find((path) => arg.startsWith(`${basename(path)}/`));
  return folder === undefined || arg.split('/').includes('..') ? arg : join(dirname(folder), arg);
}

function writeLine({ stdin }: Process, program: string, message: RpcMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    stdin.write(`${rpcText(message)}\n`, (error) =>
      error ? reject(unusableServerFault(program, 'it no longer reads its standard input', error)) : resolve(),
    );
  });
}

function readLines(
  { stdout }: Process,
  program: string,
  fail: (why: Fault) => void,
  onLine: (line: string) => void,
): void {
  let chunks: Buffer[] = [];
  let size = 0;
  stdout.on('error', () => {});
  stdout.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...chunks, chunk.subarray(from, end)]).toString();
      [chunks, size, from] = [[], 0, end + 1];
      if (line.trim() !== '') onLine(line);
    }
    chunks.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size <= MAX_MESSAGE_BYTES) return;
    chunks = [];
    stdout.destroy();
    fail(
      new Fault(
        'RESOURCE_TOO_LARGE',
        `${program} sent a message of more than ${MAX_MESSAGE_BYTES} bytes. Ask it for less.`,
      ),
    );
  });
}

import { basename, dirname, join } from 'node:path';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Process, ProgramLimits, Sandbox } from '../../core/sandbox.ts';
import { findProgram } from '../../resources/uri/exec-uri.ts';
import { forwardLogLines } from '../shared/log-lines.ts';
import { truncateMessage, unusableServerFault } from './mcp-fault.ts';
import { MAX_MESSAGE_BYTES, type McpTransport } from './transport.ts';

export interface McpStdioDeps {
  readonly sandbox: Sandbox;
  readonly programLimits: ProgramLimits;
  /** SANDBOX_READ_PATHS: a path of the command may be written from the name of one of these on. */
  readonly readPaths: readonly string[];
  /** The text without the secrets that the program was given. */
  hide(text: string): string;
}

/** What every program gets; the rest of its environment is its caller's. */
const BASE_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/tmp' };
/** Where the program begins. Not /work: there it would hide what it may read, where that lies below /work. */
const WORKSPACE = '/workspace';
/** How long the words of a program that ended may be on their way. */
const STDERR_GRACE_MS = 100;

/**
 * Starts an MCP server in the sandbox and speaks to it line by line (MCP 2025-06-18, "stdio"). The transport of the SDK
 * starts programs by itself and puts no limit on what they say at once, so this one does not use it.
 * @throws Fault UNAVAILABLE, NOT_FOUND
 */
export async function openStdioTransport(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  deps: McpStdioDeps,
  work: ToolContext,
): Promise<McpTransport> {
  const [program = '', ...args] = command;
  if (deps.sandbox.kind === 'none')
    work.log('WARN', `${program} runs without a sandbox: it may do all that this server may.`);
  const process = await deps.sandbox.spawn(
    {
      command: [findProgram(program), ...args.map((arg) => resolveReadablePath(arg, deps.readPaths))],
      env: { ...BASE_ENVIRONMENT, ...env },
      cwd: WORKSPACE,
      mounts: [{ from: await work.workspace(), to: WORKSPACE, writable: true }],
      limits: deps.programLimits,
    },
    work.signal,
  );
  const broken = new AbortController();
  const lastWords = forwardLogLines(process.stderr, (level, text) => work.log(level, deps.hide(text)), 'INFO');
  const fail = (why: string | Fault) => {
    if (!broken.signal.aborted) broken.abort(typeof why === 'string' ? unusableServerFault(program, why) : why);
    process.kill();
  };
  void process.exited.then(async ({ code, signal }) => {
    await new Promise((resolve) => setTimeout(resolve, STDERR_GRACE_MS));
    const words = deps.hide(lastWords());
    fail(`it ended (${signal ?? `code ${code}`})${words && `; its last words: ${truncateMessage(words.slice(-500))}`}`);
  });
  return {
    transport: transportOf(process, program, fail),
    broken: broken.signal,
    pendingRequests: 0,
    close: async () => process.kill(),
  };
}

/** `examples/a.ts` → `/srv/signalbox/examples/a.ts`, when programs may read `/srv/signalbox/examples`. */
function resolveReadablePath(arg: string, readPaths: readonly string[]): string {
  const folder = readPaths.find((path) => arg.startsWith(`${basename(path)}/`));
  return folder === undefined || arg.split('/').includes('..') ? arg : join(dirname(folder), arg);
}

function transportOf(process: Process, program: string, fail: (why: string | Fault) => void): Transport {
  const transport: Transport = {
    async start() {
      const { JSONRPCMessageSchema } = await import('@modelcontextprotocol/sdk/types.js');
      readLines(process, program, fail, (line) => {
        const message = JSONRPCMessageSchema.safeParse(parseLine(line));
        if (message.success) return transport.onmessage?.(message.data);
        fail(`it writes what is not MCP to its standard output: ${truncateMessage(line.slice(0, 200))}`);
      });
    },
    send: (message: JSONRPCMessage) =>
      new Promise((resolve, reject) => {
        const sent = (error: Error | null | undefined) =>
          error ? reject(unusableServerFault(program, 'it does not read any more', error)) : resolve();
        process.stdin.write(`${JSON.stringify(message)}\n`, sent);
      }),
    async close() {
      process.kill();
      transport.onclose?.();
    },
  };
  process.stdin.on('error', () => {});
  return transport;
}

/** Undefined, which is no message either, for what is no JSON. */
function parseLine(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}

function readLines(
  { stdout }: Process,
  program: string,
  fail: (why: Fault) => void,
  take: (line: string) => void,
): void {
  let chunks: Buffer[] = [];
  let size = 0;
  stdout.on('error', () => {});
  stdout.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...chunks, chunk.subarray(from, end)]).toString();
      [chunks, size, from] = [[], 0, end + 1];
      if (line.trim() !== '') take(line);
    }
    chunks.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size <= MAX_MESSAGE_BYTES) return;
    chunks = [];
    stdout.destroy();
    fail(new Fault('RESOURCE_TOO_LARGE', `${program} says more than ${MAX_MESSAGE_BYTES} bytes in one message.`));
  });
}

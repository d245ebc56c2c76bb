import { basename, dirname, join } from 'node:path';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { exceededFault, type Process, type ProgramLimits, type Sandbox } from '../../core/sandbox.ts';
import { findProgram } from '../../resources/uri/exec-uri.ts';
import { forwardLogLines } from '../shared/log-lines.ts';
import { BASE_ENVIRONMENT, WORKSPACE } from '../shared/sandbox-environment.ts';
import { truncateMessage, unusableServerFault } from './mcp-fault.ts';
import { MAX_MESSAGE_BYTES, type McpTransport } from './transport.ts';

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
 * Starts an MCP server in the sandbox and exchanges messages line by line (MCP 2025-06-18, "stdio"). The SDK's transport
 * starts programs itself and does not limit the size of messages, so it is not used.
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
  const broken = new AbortController();
  const lastOutput = forwardLogLines(process.stderr, (level, text) => ctx.log(level, deps.redact(text)), 'INFO');
  const fail = (why: string | Fault) => {
    if (!broken.signal.aborted) broken.abort(typeof why === 'string' ? unusableServerFault(program, why) : why);
    process.kill();
  };
  void process.exited.then(async ({ code, signal, exceeded }) => {
    if (exceeded) return fail(exceededFault(program, exceeded));
    await new Promise((resolve) => setTimeout(resolve, STDERR_GRACE_MS));
    const output = deps.redact(lastOutput());
    fail(
      `it ended (${signal ?? `code ${code}`})${output && `; its last output: ${truncateMessage(output.slice(-500))}`}`,
    );
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
        fail(`it wrote something other than MCP to standard output: ${truncateMessage(line.slice(0, 200))}`);
      });
    },
    send: (message: JSONRPCMessage) =>
      new Promise((resolve, reject) => {
        const onSent = (error: Error | null | undefined) =>
          error ? reject(unusableServerFault(program, 'it no longer reads its standard input', error)) : resolve();
        process.stdin.write(`${JSON.stringify(message)}\n`, onSent);
      }),
    async close() {
      process.kill();
      transport.onclose?.();
    },
  };
  process.stdin.on('error', () => {});
  return transport;
}

/** Undefined for a line that is not JSON. */
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

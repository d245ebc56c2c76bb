import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { abortFault } from '../../core/abort.ts';
import type { ToolContext, ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { mcpFault } from './mcp-fault.ts';
import { toPlainJson } from './tool-result.ts';
import { MAX_MESSAGE_BYTES, type McpTransport } from './transport.ts';

export interface McpSession {
  tools(): Promise<readonly ToolInfo[]>;
  call(tool: string, args: JsonObject, signal: AbortSignal): Promise<CallToolResult>;
  close(): Promise<void>;
}

/** For the handshake and each page of the tool list. */
const RESPONSE_TIMEOUT_MS = 10_000;
const MAX_TOOLS = 1_000;
const MAX_PAGES = 100;
/** Names are used unescaped in policies, events and prompts. */
const TOOL_NAME = /^[^\p{C}\p{Z}]{1,128}$/u;
/** Maximum of a timer: the time limit of the step ends a call. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Performs the handshake (MCP 2025-06-18, "Lifecycle"). The client has no capabilities: no sampling, roots or elicitation.
 * @param where names the server in messages
 * @throws Fault, after closing the transport
 */
export async function openMcpSession(
  transport: McpTransport,
  where: string,
  version: string,
  ctx: ToolContext,
): Promise<McpSession> {
  const sdk = await import('@modelcontextprotocol/sdk/client/index.js');
  const types = await import('@modelcontextprotocol/sdk/types.js');
  const client: Client = new sdk.Client({ name: 'signalbox', version }, { capabilities: {} });

  /** Waits until the response arrives, is no longer wanted, or can no longer arrive. */
  const ask = async <T>(signal: AbortSignal, timeoutMs: number, send: (options: RequestOptions) => Promise<T>) => {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(timeoutFault(where)), timeoutMs);
    const anySignal = AbortSignal.any([signal, transport.broken, timeout.signal]);
    transport.pendingRequests += 1;
    try {
      return await runOrAbort(anySignal, () => send({ signal: anySignal, timeout: MAX_TIMEOUT_MS }));
    } catch (error) {
      throw mcpFault(anySignal.aborted ? abortFault(anySignal) : error, where);
    } finally {
      transport.pendingRequests -= 1;
      clearTimeout(timer);
    }
  };

  try {
    await ask(ctx.signal, RESPONSE_TIMEOUT_MS, (options) => client.connect(transport.transport, options));
  } catch (error) {
    await transport.close();
    throw error;
  }
  return {
    async tools() {
      const tools: ToolInfo[] = [];
      let size = 0;
      let cursor: string | undefined;
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const params = cursor === undefined ? {} : { cursor };
        // Not `listTools`: it compiles the server's output schemas, which are not trusted, in this thread.
        const result = await ask(ctx.signal, RESPONSE_TIMEOUT_MS, (options) =>
          client.request({ method: 'tools/list', params }, types.ListToolsResultSchema, options),
        );
        for (const { name, description = '', inputSchema } of result.tools) {
          if (TOOL_NAME.test(name))
            tools.push({ name, description, input: toPlainJson(inputSchema, where) as JsonObject });
          else
            ctx.log(
              'WARN',
              `${where} has a tool with an invalid name, which is ignored: ${JSON.stringify(name.slice(0, 128))}.`,
            );
        }
        size += JSON.stringify(tools.slice(-result.tools.length)).length;
        cursor = result.nextCursor;
        if (tools.length > MAX_TOOLS || size > MAX_MESSAGE_BYTES) break;
        if (cursor === undefined) return tools;
      }
      throw tooManyToolsFault(where);
    },
    call: (name, args, signal) =>
      ask(signal, MAX_TIMEOUT_MS, (options) =>
        client.request({ method: 'tools/call', params: { name, arguments: args } }, types.CallToolResultSchema, {
          ...options,
          onprogress: ({ progress, total, message }) =>
            ctx.progress(percentOf(progress, total), message?.slice(0, 1_000)),
        }),
      ),
    close: () => transport.close(),
  };
}

function tooManyToolsFault(where: string): Fault {
  const message = `The MCP server ${where} has more than ${MAX_TOOLS} tools, or their descriptions are too long.`;
  return new Fault('RESOURCE_TOO_LARGE', `${message} Use a server with fewer tools.`);
}

function percentOf(progress: number, total: number | undefined): number | undefined {
  if (total === undefined || !(total > 0)) return undefined;
  return Math.min(100, Math.max(0, (100 * progress) / total));
}

function timeoutFault(where: string): Fault {
  return new Fault(
    'TIMEOUT',
    `The MCP server ${where} did not answer within ${RESPONSE_TIMEOUT_MS / 1_000} s. Try again later.`,
  );
}

/** The SDK observes a signal only after a request is sent, not while it connects. */
function runOrAbort<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortFault(signal));
    const onAbort = () => reject(abortFault(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    act()
      .finally(() => signal.removeEventListener('abort', onAbort))
      .then(resolve, reject);
  });
}

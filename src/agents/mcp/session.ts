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

/** For the handshake, and for the list of tools. */
const RESPONSE_TIMEOUT_MS = 10_000;
const MAX_TOOLS = 1_000;
const MAX_PAGES = 100;
/** In the policy, in events and in what a model is told, the name stands as it is. */
const TOOL_NAME = /^[^\p{C}\p{Z}]{1,128}$/u;
/** The most that a timer takes: the step's own time is what ends a call. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The handshake (MCP 2025-06-18, "Lifecycle"), and then requests. The client offers nothing to the server: no sampling,
 * no roots, no elicitation.
 * @param where the server in a message
 * @throws Fault; the transport is ended then
 */
export async function openMcpSession(
  opened: McpTransport,
  where: string,
  version: string,
  work: ToolContext,
): Promise<McpSession> {
  const sdk = await import('@modelcontextprotocol/sdk/client/index.js');
  const types = await import('@modelcontextprotocol/sdk/types.js');
  const client: Client = new sdk.Client({ name: 'signalbox', version }, { capabilities: {} });

  /** Does not wait longer than anybody wants the answer, or than it can come. */
  const ask = async <T>(signal: AbortSignal, timeoutMs: number, send: (options: RequestOptions) => Promise<T>) => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(timeoutFault(where)), timeoutMs);
    const stop = AbortSignal.any([signal, opened.broken, late.signal]);
    opened.pendingRequests += 1;
    try {
      return await runOrAbort(stop, () => send({ signal: stop, timeout: MAX_TIMEOUT_MS }));
    } catch (error) {
      throw mcpFault(stop.aborted ? abortFault(stop) : error, where);
    } finally {
      opened.pendingRequests -= 1;
      clearTimeout(timer);
    }
  };

  try {
    await ask(work.signal, RESPONSE_TIMEOUT_MS, (options) => client.connect(opened.transport, options));
  } catch (error) {
    await opened.close();
    throw error;
  }
  return {
    async tools() {
      const found: ToolInfo[] = [];
      let size = 0;
      let cursor: string | undefined;
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const params = cursor === undefined ? {} : { cursor };
        // Not `listTools`: it compiles the schemas of the server's outputs, which nobody vouches for, in this thread.
        const result = await ask(work.signal, RESPONSE_TIMEOUT_MS, (options) =>
          client.request({ method: 'tools/list', params }, types.ListToolsResultSchema, options),
        );
        for (const { name, description = '', inputSchema } of result.tools) {
          if (TOOL_NAME.test(name))
            found.push({ name, description, input: toPlainJson(inputSchema, where) as JsonObject });
          else work.log('WARN', `${where} has a tool whose name is no name: ${JSON.stringify(name.slice(0, 128))}.`);
        }
        size += JSON.stringify(found.slice(-result.tools.length)).length;
        cursor = result.nextCursor;
        if (found.length > MAX_TOOLS || size > MAX_MESSAGE_BYTES) break;
        if (cursor === undefined) return found;
      }
      throw tooManyToolsFault(where);
    },
    call: (name, args, signal) =>
      ask(signal, MAX_TIMEOUT_MS, (options) =>
        client.request({ method: 'tools/call', params: { name, arguments: args } }, types.CallToolResultSchema, {
          ...options,
          onprogress: ({ progress, total, message }) =>
            work.progress(percentOf(progress, total), message?.slice(0, 1_000)),
        }),
      ),
    close: () => opened.close(),
  };
}

function tooManyToolsFault(where: string): Fault {
  const message = `The MCP server ${where} has more than ${MAX_TOOLS} tools, or describes them with too many words.`;
  return new Fault('RESOURCE_TOO_LARGE', `${message} Use one with fewer.`);
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

/** The SDK heeds a signal only once a request is sent, and not while it connects. */
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

import type { ToolContext, ToolInfo } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { resolveSecretHeaders } from '../../resources/outgoing/secret-headers.ts';
import { type McpHttpDeps, openHttpTransport, openSseTransport } from './http-transport.ts';
import { type McpServerConfig, mcpServerUri } from './server-config.ts';
import { openMcpSession } from './session.ts';
import { type McpStdioDeps, openStdioTransport } from './stdio-transport.ts';
import { readToolResult, toolResultJson } from './tool-result.ts';

export interface McpClientDeps extends McpHttpDeps, Omit<McpStdioDeps, 'redact'> {
  canonicalize(uri: string): CanonicalUri;
  /** Version of Signalbox. */
  readonly version: string;
}

/** A session with an MCP server, for one step. */
export interface McpConnection {
  /** What the policy is asked about when one of its tools is called. */
  readonly uri: CanonicalUri;
  /** @throws Fault RESOURCE_TOO_LARGE for more than a thousand tools, and those of `call` */
  tools(): Promise<readonly ToolInfo[]>;
  /**
   * The structured content of the result when there is any, otherwise `{text, content}`. Images and other bytes are kept
   * as artifacts of the run. Progress is reported on the step.
   * @throws Fault BAD_INPUT with the tool's message when the tool fails; RESOURCE_UNREACHABLE, TIMEOUT,
   *   RESOURCE_TOO_LARGE, CANCELLED
   */
  call(tool: string, args: JsonObject, signal: AbortSignal): Promise<Json>;
  /** Ends the session, the server's process and all connections, within a second. */
  close(): Promise<void>;
}

/** Statuses of servers without streamable HTTP (MCP 2025-11-25, "Backwards Compatibility"). */
const SSE_FALLBACK_STATUSES = [400, 404, 405, 406, 415, 501];

/**
 * Starts a session: over stdio with a program in the sandbox, over streamable HTTP, or else over HTTP with SSE. The
 * caller has asked the policy about the server; secrets are authorized here.
 * @throws Fault BAD_INPUT, NOT_FOUND, FORBIDDEN, UNAVAILABLE, RESOURCE_UNREACHABLE, TIMEOUT, CANCELLED
 */
export async function connectMcp(
  server: McpServerConfig,
  deps: McpClientDeps,
  ctx: ToolContext,
): Promise<McpConnection> {
  const uri = mcpServerUri(server, deps.canonicalize);
  const { headers: values, redact } = resolveSecretHeaders(server.stdioCommand ? server.env : server.headers, uri, ctx);
  const redacted = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw error instanceof Fault ? redactFault(error, redact) : error;
    }
  };
  const session = await redacted(() => openSession({ server, uri, values }, { ...deps, redact }, ctx));
  return {
    uri,
    tools: () => redacted(() => session.tools()),
    call: (tool, args, signal) =>
      redacted(async () =>
        toolResultJson(tool, readToolResult(await session.call(tool, args, signal), uri.host || uri.path), ctx),
      ),
    close: () => session.close(),
  };
}

interface McpTarget {
  readonly server: McpServerConfig;
  readonly uri: CanonicalUri;
  /** Environment of the program, or HTTP headers; with secrets. */
  readonly values: Readonly<Record<string, string>>;
}

async function openSession(
  { server, uri, values }: McpTarget,
  deps: McpHttpDeps & McpStdioDeps & { version: string },
  ctx: ToolContext,
) {
  const as = (where: string) => ({ where, clientVersion: deps.version });
  if (server.stdioCommand) {
    return openMcpSession(await openStdioTransport(server.stdioCommand, values, deps, ctx), as(uri.path), ctx);
  }
  const target = { uri, headers: values, owner: ctx.user };
  try {
    return await openMcpSession(openHttpTransport(target, deps), as(uri.host), ctx);
  } catch (error) {
    if (!(error instanceof Fault) || !shouldFallBackToSse(error)) throw error;
    ctx.log('DEBUG', `${uri.host} does not support streamable HTTP; trying HTTP with SSE.`);
    return openMcpSession(openSseTransport(target, deps), { ...as(uri.host), needsHandshake: true }, ctx);
  }
}

/** A server may repeat the secrets it was sent. The cause would contain them too, so it is dropped. */
function redactFault(fault: Fault, redact: (text: string) => string): Fault {
  const message = redact(fault.message);
  if (message === fault.message) return fault;
  const { code, details, retryAfterMs } = fault;
  return new Fault(code, message, {
    ...(details !== undefined && { details }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function shouldFallBackToSse({ details }: Fault): boolean {
  const status = (details as { readonly status?: unknown } | undefined)?.status;
  return typeof status === 'number' && SSE_FALLBACK_STATUSES.includes(status);
}

import { abortFault } from '../../core/abort.ts';
import type { ToolContext, ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type RpcMessage, RpcResponseError, resultOf } from './json-rpc.ts';
import { mcpFault, unusableServerFault } from './mcp-fault.ts';
import { HANDSHAKE_VERSIONS, STATELESS_VERSION, statelessMeta } from './request-metadata.ts';
import { listTools } from './tool-list.ts';
import { type McpTransport, SessionLost } from './transport.ts';

export interface McpSession {
  tools(): Promise<readonly ToolInfo[]>;
  /** The result of the call, unchecked. */
  call(tool: string, args: JsonObject, signal: AbortSignal): Promise<Json>;
  close(): Promise<void>;
}

/** For the handshake and each page of the tool list. */
const RESPONSE_TIMEOUT_MS = 10_000;
/** A server of an earlier version may leave the first request unanswered. */
const DISCOVER_TIMEOUT_MS = 3_000;
/** UnsupportedProtocolVersionError of MCP 2026-07-28. */
const UNSUPPORTED_VERSION_CODE = -32_022;
/** How long the notification of a cancellation may take. */
const CANCEL_TIMEOUT_MS = 500;

interface Ask {
  readonly signal: AbortSignal;
  readonly method: string;
  readonly params?: JsonObject;
  readonly tool?: ToolInfo | undefined;
  onProgress?(params: JsonObject): void;
}

interface SessionOptions {
  /** Names the server in messages. */
  readonly where: string;
  readonly clientVersion: string;
  /** The transport is one of an earlier version than 2026-07-28. */
  readonly needsHandshake?: boolean;
}

/**
 * Finds out whether the server speaks 2026-07-28 ("Backward Compatibility"), and performs the handshake of an earlier version if
 * not (2025-11-25, "Lifecycle"). The client has no capabilities: no sampling, roots or elicitation.
 * @throws Fault, after closing the transport
 */
export async function openMcpSession(
  transport: McpTransport,
  { where, clientVersion, ...options }: SessionOptions,
  ctx: ToolContext,
): Promise<McpSession> {
  let { needsHandshake = false } = options;
  let version: string | undefined;
  let lastId = 0;
  let opening: Promise<void> | undefined;
  let known: readonly ToolInfo[] = [];

  const send = async ({ signal, method, params = {}, tool, onProgress }: Ask, asVersion = version): Promise<Json> => {
    lastId += 1;
    const id = lastId;
    const meta = {
      ...(asVersion === STATELESS_VERSION && statelessMeta(clientVersion)),
      ...(onProgress && { progressToken: id }),
    };
    const onNotification = ({ method: name, params: told }: RpcMessage) => {
      if (name === 'notifications/progress' && told && String(told.progressToken) === String(id)) onProgress?.(told);
    };
    const request = { id, method, params: { ...params, ...(Object.keys(meta).length > 0 && { _meta: meta }) } };
    try {
      return resultOf(await transport.exchange(request, { signal, version: asVersion, tool, onNotification }));
    } catch (error) {
      if (signal.aborted && method === 'tools/call') notifyCancelled(id);
      throw error;
    }
  };
  const notifyCancelled = (requestId: number) => {
    const options = { signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS), version };
    const params = { requestId, reason: 'the step was cancelled' };
    transport.notify({ method: 'notifications/cancelled', params }, options).catch(() => {});
  };

  const handshake = async (signal: AbortSignal) => {
    const clientInfo = { name: 'signalbox', version: clientVersion };
    const params = { protocolVersion: HANDSHAKE_VERSIONS[0] ?? '', capabilities: {}, clientInfo };
    const result = await send({ signal, method: 'initialize', params }, undefined);
    const agreed = isJsonObject(result) ? String(result.protocolVersion) : 'none';
    if (!HANDSHAKE_VERSIONS.includes(agreed)) throw unsupportedVersionFault(where, agreed);
    version = agreed;
    await transport.notify({ method: 'notifications/initialized' }, { signal, version });
  };
  /** Whether the server needs no handshake. Any failure but one of 2026-07-28 is that of an earlier version. */
  const discover = async (signal: AbortSignal): Promise<boolean> => {
    const supported = await send({ signal, method: 'server/discover' }, STATELESS_VERSION)
      .then((result) => isJsonObject(result) && result.supportedVersions)
      .catch((error: unknown) => error instanceof RpcResponseError && supportedVersions(error));
    if (!Array.isArray(supported)) return false;
    if (supported.includes(STATELESS_VERSION)) {
      version = STATELESS_VERSION;
      return true;
    }
    if (supported.some((one) => HANDSHAKE_VERSIONS.includes(String(one)))) return false;
    throw unsupportedVersionFault(where, supported.join(', '));
  };
  const open = async (signal: AbortSignal) => {
    const soon = AbortSignal.any([signal, AbortSignal.timeout(DISCOVER_TIMEOUT_MS)]);
    if (!needsHandshake && (await discover(soon))) return;
    try {
      await handshake(signal);
      needsHandshake = true;
    } catch (error) {
      // A server without a handshake rejects it; it was too slow for the first request.
      if (!(error instanceof RpcResponseError) || needsHandshake || !(await discover(signal))) throw error;
    }
  };
  const reopen = (signal: AbortSignal) => {
    opening ??= withTimeout(signal, open).finally(() => {
      opening = undefined;
    });
    return opening;
  };

  const ask = async (request: Ask): Promise<Json> => {
    const { signal } = request;
    try {
      try {
        return await send(request);
      } catch (error) {
        if (!(error instanceof SessionLost)) throw error;
        await reopen(signal);
        return await send(request);
      }
    } catch (error) {
      throw mcpFault(signal.aborted ? abortFault(signal) : error, where);
    }
  };
  /** Limits the time of an act. */
  const withTimeout = async <T>(signal: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(timeoutFault(where)), RESPONSE_TIMEOUT_MS);
    const either = AbortSignal.any([signal, timeout.signal]);
    try {
      return await act(either);
    } catch (error) {
      throw either.aborted ? abortFault(either) : error;
    } finally {
      clearTimeout(timer);
    }
  };

  try {
    await withTimeout(ctx.signal, open);
  } catch (error) {
    await transport.close();
    throw mcpFault(error, where);
  }
  return {
    async tools() {
      const page = (params: JsonObject) =>
        withTimeout(ctx.signal, (signal) => ask({ signal, method: 'tools/list', params }));
      known = await listTools(page, where, ctx, version === STATELESS_VERSION);
      return known;
    },
    call: (name, args, signal) =>
      ask({
        signal,
        method: 'tools/call',
        params: { name, arguments: args },
        tool: known.find((tool) => tool.name === name),
        onProgress: ({ progress, total, message }) => {
          const memo = typeof message === 'string' ? message.slice(0, 1_000) : undefined;
          ctx.progress(percentOf(progress, total), memo);
        },
      }),
    close: () => transport.close(),
  };
}

function percentOf(progress: Json | undefined, total: Json | undefined): number | undefined {
  if (typeof progress !== 'number' || typeof total !== 'number' || !(total > 0)) return undefined;
  return Math.min(100, Math.max(0, (100 * progress) / total));
}

/** Of a server that does not speak the version it was asked in. Undefined for any other error. */
function supportedVersions({ code, data }: RpcResponseError): Json | undefined {
  return code === UNSUPPORTED_VERSION_CODE && isJsonObject(data) ? data.supported : undefined;
}

function unsupportedVersionFault(where: string, versions: string): Fault {
  return unusableServerFault(where, `its protocol version is not supported: ${versions.slice(0, 100)}`);
}

function timeoutFault(where: string): Fault {
  return new Fault(
    'TIMEOUT',
    `The MCP server ${where} did not answer within ${RESPONSE_TIMEOUT_MS / 1_000} s. Try again later.`,
  );
}

import { Fault } from '../../core/errors.ts';
import { networkFault } from '../../resources/outgoing/network-fault.ts';
import { RpcResponseError } from './json-rpc.ts';
import { SessionLost } from './transport.ts';

/** JSON-RPC 2.0 section 5.1: the caller must change something. */
const INVALID_REQUEST_CODES = [-32_600, -32_601, -32_602];

const MAX_MESSAGE_CHARS = 2_000;

/**
 * Converts a failure of an MCP server to a fault; a fault is returned unchanged.
 * @param where the server's host or program
 */
export function mcpFault(error: unknown, where: string): Fault {
  if (error instanceof SessionLost) return unusableServerFault(where, 'it forgets its sessions', error);
  if (!(error instanceof RpcResponseError)) return networkFault(error, where);
  const { code, message, status } = error;
  const isInvalid = INVALID_REQUEST_CODES.includes(code);
  return new Fault(
    isInvalid ? 'BAD_INPUT' : 'RESOURCE_UNREACHABLE',
    `The MCP server ${where} ${isInvalid ? 'rejected the request' : 'failed'}: ${truncateMessage(message)}`,
    { cause: error, details: { code, ...(status !== undefined && { status }) } },
  );
}

export function unusableServerFault(where: string, why: string, cause?: unknown): Fault {
  const message = `The MCP server ${where} cannot be used: ${why}. Check its command or URL.`;
  return new Fault('RESOURCE_UNREACHABLE', message, { ...(cause !== undefined && { cause }) });
}

/** The server sent something else than MCP. */
export function notMcpFault(where: string, cause?: unknown): Fault {
  return unusableServerFault(where, 'it does not speak MCP', cause);
}

/** The connection ended before the response. */
export function lostConnectionFault(where: string, cause?: unknown): Fault {
  return cause instanceof Fault
    ? cause
    : unusableServerFault(where, 'it closed the connection before it answered', cause);
}

/** Limits text that others wrote. */
export function truncateMessage(text: string): string {
  return text.length > MAX_MESSAGE_CHARS ? `${text.slice(0, MAX_MESSAGE_CHARS)}…` : text;
}

import { Fault } from '../../core/errors.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';

/** JSON-RPC 2.0 section 5.1, and codes of the MCP SDK. */
const REQUEST_TIMEOUT_CODE = -32001;
const CONNECTION_CLOSED_CODE = -32000;
const INVALID_REQUEST_CODES = [-32600, -32601, -32602];

const MAX_MESSAGE_CHARS = 2_000;

/**
 * Converts a failure of an MCP server, as the SDK reports it, to a fault; a fault is returned unchanged.
 * @param where the server's host or program
 */
export function mcpFault(error: unknown, where: string): Fault {
  if (error instanceof Fault) return error;
  const { name, message, code, cause } = error as Error & { readonly code?: unknown };
  if (cause instanceof Fault) return cause;
  const fault = (kind: 'RESOURCE_UNREACHABLE' | 'TIMEOUT' | 'BAD_INPUT', text: string) =>
    new Fault(kind, text, { cause: error, ...(typeof code === 'number' && { details: { code } }) });
  if (name === 'McpError' && typeof code === 'number') {
    if (code === REQUEST_TIMEOUT_CODE)
      return fault('TIMEOUT', `The MCP server ${where} did not answer in time. Try again later.`);
    if (code === CONNECTION_CLOSED_CODE) return unusableServerFault(where, 'it closed the connection', error);
    const reason = truncateMessage(message.replace(/^MCP error -?\d+: /, ''));
    return INVALID_REQUEST_CODES.includes(code)
      ? fault('BAD_INPUT', `The MCP server ${where} rejected the request: ${reason}`)
      : fault('RESOURCE_UNREACHABLE', `The MCP server ${where} failed: ${reason}`);
  }
  const status = statusOf(message, code);
  if (status !== undefined)
    return statusFault(`The MCP server ${where}`, status, null, message.replace(/^.*?endpoint[^:]*: /, ''));
  if (name.endsWith('ZodError') || name === 'SyntaxError')
    return unusableServerFault(where, 'it does not speak MCP', error);
  return unusableServerFault(where, truncateMessage(message ?? String(error)), error);
}

export function unusableServerFault(where: string, why: string, cause?: unknown): Fault {
  const message = `The MCP server ${where} cannot be used: ${why}. Check its command or URL.`;
  return new Fault('RESOURCE_UNREACHABLE', message, { ...(cause !== undefined && { cause }) });
}

/** HTTP status of a failed request: the SDK has it as a code (streamable HTTP) or in the text (SSE). */
function statusOf(message: string, code: unknown): number | undefined {
  if (typeof code === 'number' && code >= 400 && code < 600) return code;
  const status = /^Error POSTing to endpoint \(HTTP (\d{3})\)/.exec(message)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** Limits text that others wrote. */
export function truncateMessage(text: string): string {
  return text.length > MAX_MESSAGE_CHARS ? `${text.slice(0, MAX_MESSAGE_CHARS)}…` : text;
}

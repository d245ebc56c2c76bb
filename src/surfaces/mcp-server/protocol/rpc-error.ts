import { randomUUID } from 'node:crypto';
import { Fault } from '../../../core/errors.ts';
import type { Logger } from '../../../core/telemetry.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';

/** JSON-RPC 2.0, section 5.1, and MCP's own for a resource that is not there. */
export const RPC_CODES = {
  parse: -32_700,
  request: -32_600,
  params: -32_602,
  internal: -32_603,
  method: -32_601,
  resource: -32_002,
  /** The headers do not repeat the message (MCP 2026-07-28, "Server Validation"). */
  header: -32_020,
  /** The version of the protocol is not supported (MCP 2026-07-28, "Protocol Version Negotiation"). */
  version: -32_022,
} as const;

/** An error of the protocol. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: Json | undefined;

  constructor(code: number, message: string, data?: Json) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
    this.data = data;
  }
}

/** The error as a response has it. */
export function errorMember({ code, message, data }: RpcError): JsonObject {
  return { code, message, ...(data !== undefined && { data }) };
}

/** How a request that is no call of a tool is told what went wrong; a bug is logged, and only a reference is told. */
export function toRpcError(error: unknown, logger: Logger): RpcError {
  if (error instanceof RpcError) return error;
  if (!(error instanceof Fault)) return new RpcError(RPC_CODES.internal, reportBug(error, logger));
  const { code, message } = error;
  if (code === 'NOT_FOUND') return new RpcError(RPC_CODES.resource, message, { code });
  return new RpcError(code === 'BAD_INPUT' ? RPC_CODES.params : RPC_CODES.internal, message, { code });
}

/** What is told of a bug. */
export function reportBug(error: unknown, logger: Logger): string {
  const reference = randomUUID();
  logger.error('mcp.bug', { reference, error });
  return `An unexpected error occurred. The log has it under the reference ${reference}.`;
}

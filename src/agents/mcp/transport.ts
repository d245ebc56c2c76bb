import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** A transport of the MCP SDK that knows when no answer can come any more. */
export interface McpTransport {
  readonly transport: Transport;
  /** Aborts with the Fault that tells why. */
  readonly broken: AbortSignal;
  /** How many requests wait for their answers; kept by whoever sends them. */
  pendingRequests: number;
  /** Ends it on both sides, within a second. */
  close(): Promise<void>;
}

/** In bytes, of one message. */
export const MAX_MESSAGE_BYTES = 4 * 2 ** 20;

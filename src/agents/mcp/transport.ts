import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** A transport of the MCP SDK that detects when responses can no longer arrive. */
export interface McpTransport {
  readonly transport: Transport;
  /** Aborts with a Fault when that happens. */
  readonly broken: AbortSignal;
  /** Requests without a response yet; maintained by the session. */
  pendingRequests: number;
  /** Closes both sides, within a second. */
  close(): Promise<void>;
}

/** Of one message. */
export const MAX_MESSAGE_BYTES = 4 * 2 ** 20;

/** Limits for clients. Only tests change them. */
export interface McpLimits {
  /** Concurrent requests of one principal. */
  readonly maxRequests: number;
  /** Open streams of notifications of one principal. */
  readonly maxStreams: number;
  /** Sessions that this node remembers something of: a log level, or subscriptions. */
  readonly maxSessions: number;
  /** Runs that one session, or one stream, may follow. */
  readonly maxSubscriptions: number;
  /** Of one request, in bytes. */
  readonly maxMessageBytes: number;
  /** Messages in a batch. */
  readonly maxBatch: number;
}

export const MCP_LIMITS: McpLimits = {
  maxRequests: 64,
  maxStreams: 16,
  maxSessions: 1_000,
  maxSubscriptions: 16,
  maxMessageBytes: 4 * 2 ** 20,
  maxBatch: 64,
};

/** Text of one result; more is linked. */
export const MAX_TEXT_BYTES = 256 * 1024;
/** Binary content of one result, in bytes; more is linked. */
export const MAX_BLOB_BYTES = 2 ** 20;
/** Content of a resource that is read. */
export const MAX_RESOURCE_BYTES = 4 * 2 ** 20;
/** Entries of a page of a list. */
export const PAGE_SIZE = 100;

/** Limits for clients. Only tests change them. */
export interface McpLimits {
  readonly maxSessionsPerPrincipal: number;
  readonly maxSessions: number;
  /** Concurrent requests of one session, including streams. */
  readonly maxRequestsPerSession: number;
  /** A session without requests or streams ends after this time. */
  readonly idleTimeoutMs: number;
  /** Runs to which one session may subscribe. */
  readonly maxSubscriptionsPerSession: number;
  /** Of one request, in bytes. */
  readonly maxMessageBytes: number;
}

export const MCP_LIMITS: McpLimits = {
  maxSessionsPerPrincipal: 16,
  maxSessions: 1_000,
  maxRequestsPerSession: 64,
  idleTimeoutMs: 30 * 60_000,
  maxSubscriptionsPerSession: 16,
  maxMessageBytes: 4 * 2 ** 20,
};

/** Text of one result; more is linked. */
export const MAX_TEXT_BYTES = 256 * 1024;
/** Binary content of one result, in bytes; more is linked. */
export const MAX_BLOB_BYTES = 2 ** 20;
/** Content of a resource that is read. */
export const MAX_RESOURCE_BYTES = 4 * 2 ** 20;
/** Entries of a page of a list. */
export const PAGE_SIZE = 100;

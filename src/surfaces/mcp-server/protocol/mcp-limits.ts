/** How much clients may take. Tests bring less; nobody else does. */
export interface McpLimits {
  readonly sessionsPerPrincipal: number;
  readonly sessions: number;
  /** Under way at once in one session, streams among them. */
  readonly requests: number;
  /** A session that nobody speaks or listens to ends after this. */
  readonly silenceMs: number;
  /** Runs that one session is told about. */
  readonly subscriptions: number;
  /** Of one request, in bytes. */
  readonly messageBytes: number;
}

export const MCP_LIMITS: McpLimits = {
  sessionsPerPrincipal: 16,
  sessions: 1_000,
  requests: 64,
  silenceMs: 30 * 60_000,
  subscriptions: 16,
  messageBytes: 4 * 2 ** 20,
};

/** Text of one result; more is linked. */
export const MOST_TEXT_BYTES = 256 * 1024;
/** Bytes of one result that are no text; more is linked. */
export const MOST_BLOB_BYTES = 2 ** 20;
/** Content of a resource that is read. */
export const MOST_RESOURCE_BYTES = 4 * 2 ** 20;
/** Entries of a page of a list. */
export const PAGE = 100;

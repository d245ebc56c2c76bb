/** Keys of `_meta`, by which clients and this server tell each other what MCP has no word for. */
export const RUN_ID = 'signalbox/runId';
export const APPROVAL_ID = 'signalbox/approvalId';
export const ERROR = 'signalbox/error';
export const IDEMPOTENCY_KEY = 'signalbox/idempotencyKey';

/** What a resource's URI names. */
export type ParsedResourceUri =
  | { readonly kind: 'run' | 'events'; readonly runId: string }
  | { readonly kind: 'artifact'; readonly digest: string };

export function runUri(runId: string): string {
  return `signalbox://runs/${runId}`;
}

/** Undefined for a URI that is not a resource of this server. */
export function parseResourceUri(uri: string): ParsedResourceUri | undefined {
  const run = /^signalbox:\/\/runs\/(run_[A-Za-z0-9_-]{1,64})(\/events)?$/.exec(uri);
  if (run?.[1] !== undefined) return { kind: run[2] === undefined ? 'run' : 'events', runId: run[1] };
  const [, digest] = /^artifact:sha256\/([0-9a-f]{64})$/.exec(uri) ?? [];
  return digest === undefined ? undefined : { kind: 'artifact', digest };
}

/** Keys of `_meta`, by which clients and this server tell each other what MCP has no word for. */
export const RUN_ID_META = 'signalbox/runId';
export const APPROVAL_ID_META = 'signalbox/approvalId';
export const ERROR_META = 'signalbox/error';
export const IDEMPOTENCY_KEY_META = 'signalbox/idempotencyKey';

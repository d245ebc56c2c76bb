import { type ErrorCode, Fault } from '../../core/errors.ts';

const MAX_RETRY_AFTER_MS = 86_400_000;

/** Fault code and message by status; the code determines whether it is retryable. */
const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['BAD_INPUT', 'does not accept the request; check it against what the service expects'],
  401: ['FORBIDDEN', 'rejects the credentials; check the secret that is sent'],
  403: ['FORBIDDEN', 'does not allow this; check the secret that is sent, and its permissions'],
  404: ['NOT_FOUND', 'has nothing at this URI; check the URI'],
  408: ['TIMEOUT', 'timed out; try again later'],
  409: ['CONFLICT', 'reports a conflict; check its current state, then try again'],
  410: ['NOT_FOUND', 'no longer has anything at this URI; use another'],
  413: ['RESOURCE_TOO_LARGE', 'rejects the request as too large; send less'],
  425: ['UNAVAILABLE', 'is not ready yet; try again later'],
  429: ['THROTTLED', 'receives too many requests; try again later'],
};

/**
 * The fault for an unsuccessful response of a service. Below 500 the caller must change something, except for statuses that
 * ask to try again.
 * @param retryAfter the Retry-After header: seconds or a date (RFC 9110 section 10.2.3)
 * @param detail the explanation of the service; truncated
 */
export function statusFault(host: string, status: number, retryAfter?: string | null, detail = ''): Fault {
  const unknown = status >= 500 ? 'failed; try again later' : 'rejects the request; check what is sent to it';
  const [code, why] = BY_STATUS[status] ?? [status >= 500 ? 'UNAVAILABLE' : 'BAD_INPUT', unknown];
  const wait = retryAfter ? parseRetryAfter(retryAfter) : undefined;
  const words = detail.trim().slice(0, 500);
  return new Fault(code, `${host} ${why} (status ${status}).${words && ` It says: ${words}`}`, {
    ...(wait !== undefined && { retryAfterMs: wait }),
    details: { host, status },
  });
}

/** At most a day: callers take the number for a time, whatever the service sent. */
function parseRetryAfter(retryAfter: string): number | undefined {
  const seconds = /^\d+(\.\d+)?$/.test(retryAfter);
  const ms = seconds ? Math.ceil(Number(retryAfter) * 1_000) : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

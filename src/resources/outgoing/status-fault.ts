import { type ErrorCode, Fault } from '../../core/errors.ts';

/** Fault code and message by status; the code determines whether it is retryable. */
const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['BAD_INPUT', 'does not take what was sent; check it against what the service expects'],
  401: ['FORBIDDEN', 'wants other credentials; check the secret that is sent'],
  403: ['FORBIDDEN', 'does not allow this; check the secret that is sent and what it may do'],
  404: ['NOT_FOUND', 'has nothing at this URI; check it'],
  408: ['TIMEOUT', 'gave up waiting; try again later'],
  409: ['CONFLICT', 'is at odds with what was sent; look what it has, then try again'],
  410: ['NOT_FOUND', 'has nothing at this URI any more; use another'],
  413: ['RESOURCE_TOO_LARGE', 'finds what was sent too large; send less'],
  425: ['UNAVAILABLE', 'is not ready yet; try again later'],
  429: ['THROTTLED', 'is asked too often; try again later'],
};

/**
 * The answer of a service that was to do something, when it did not: below 500 the caller has to change something,
 * apart from what asks for patience.
 * @param retryAfter the Retry-After header: seconds or a date (RFC 9110 section 10.2.3)
 * @param detail what the service says about it; cut
 */
export function statusFault(host: string, status: number, retryAfter?: string | null, detail = ''): Fault {
  const unknown =
    status >= 500 ? 'has trouble; try again later' : 'does not do what was asked; check what is sent to it';
  const [code, why] = BY_STATUS[status] ?? [status >= 500 ? 'UNAVAILABLE' : 'BAD_INPUT', unknown];
  const wait = retryAfter ? parseRetryAfter(retryAfter) : undefined;
  const words = detail.trim().slice(0, 500);
  return new Fault(code, `${host} ${why} (status ${status}).${words && ` It says: ${words}`}`, {
    ...(wait !== undefined && { retryAfterMs: wait }),
    details: { host, status },
  });
}

function parseRetryAfter(retryAfter: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(retryAfter)) return Math.ceil(Number(retryAfter) * 1_000);
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

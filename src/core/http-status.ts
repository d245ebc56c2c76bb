import type { ErrorCode } from './errors.ts';

const STATUS: Record<ErrorCode, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_INPUT: 400,
  SCHEMA_VIOLATION: 422,
  UNSUPPORTED_SCHEME: 422,
  RESOURCE_UNREACHABLE: 502,
  RESOURCE_TOO_LARGE: 413,
  CONFLICT: 409,
  THROTTLED: 429,
  APPROVAL_REQUIRED: 403,
  CURSOR_EXPIRED: 410,
  TOO_COSTLY: 400,
  TIMEOUT: 504,
  CANCELLED: 409,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

/** The HTTP status (RFC 9110, section 15) that says the same as the code; for every surface that speaks HTTP. */
export function httpStatus(code: ErrorCode): number {
  return STATUS[code];
}

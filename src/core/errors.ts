import type { Json } from '../lib/json.ts';
import type { Decision } from './policy.ts';

/** All error codes. The set is closed: each surface maps exactly these, in one place. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_INPUT',
  'SCHEMA_VIOLATION',
  'UNSUPPORTED_SCHEME',
  'RESOURCE_UNREACHABLE',
  'RESOURCE_TOO_LARGE',
  'CONFLICT',
  'THROTTLED',
  'APPROVAL_REQUIRED',
  'CURSOR_EXPIRED',
  'TOO_COSTLY',
  'TIMEOUT',
  'CANCELLED',
  'UNAVAILABLE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One part of an input that is not valid. `path` is a JSON Pointer (RFC 6901); `''` is the whole input. */
export interface Violation {
  readonly path: string;
  readonly message: string;
  /** The JSON Schema keyword that failed, if any. */
  readonly keyword?: string;
}

export interface FaultOptions {
  /** The part of the input, outermost name first. */
  readonly path?: readonly string[];
  readonly violations?: readonly Violation[];
  readonly decision?: Decision;
  readonly retryAfterMs?: number;
  readonly details?: Json;
  /** Neither a retry nor a repair can help. */
  readonly fatal?: true;
  readonly cause?: unknown;
}

/**
 * The only error that callers see. Its message says what to do next, and contains no secret.
 * Anything else that is thrown is a bug: it is logged, and clients receive `INTERNAL`.
 */
export class Fault extends Error {
  readonly code: ErrorCode;
  readonly path: readonly string[] | undefined;
  readonly violations: readonly Violation[];
  readonly decision: Decision | undefined;
  readonly retryAfterMs: number | undefined;
  readonly details: Json | undefined;
  readonly fatal: true | undefined;

  constructor(code: ErrorCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.path = options.path;
    this.violations = options.violations ?? [];
    this.decision = options.decision;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
    this.fatal = options.fatal;
  }
}

/** For a request that finds every permit taken and the queue full. */
export function atCapacity(): Fault {
  return new Fault('UNAVAILABLE', 'The server is at capacity. Try again in a moment.', { retryAfterMs: 1_000 });
}

/** True when the same request may succeed later. */
export function isRetryable(code: ErrorCode): boolean {
  return code === 'RESOURCE_UNREACHABLE' || code === 'THROTTLED' || code === 'TIMEOUT' || code === 'UNAVAILABLE';
}

const STATUS_BY_CODE: Record<ErrorCode, number> = {
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

/** The HTTP status (RFC 9110, section 15) that corresponds to the code; used by every HTTP surface. */
export function httpStatus(code: ErrorCode): number {
  return STATUS_BY_CODE[code];
}

import type { Json } from '../lib/json.ts';
import type { Decision } from './policy.ts';

/** Everything that can be answered instead of a result. Closed: each surface maps these, and only these, once. */
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

/** One part of an input that does not fit. `path` is a JSON Pointer (RFC 6901); `''` is the whole. */
export interface Violation {
  readonly path: string;
  readonly message: string;
  /** The JSON Schema keyword that failed, where there is one. */
  readonly keyword?: string;
}

export interface FaultOptions {
  /** Which part of the input, outermost first. */
  readonly path?: readonly string[];
  readonly violations?: readonly Violation[];
  readonly decision?: Decision;
  readonly retryAfterMs?: number;
  readonly details?: Json;
  readonly cause?: unknown;
}

/**
 * The only error that a caller is told about. Its message says what to do next, and holds no secret.
 * Anything else that is thrown is a bug: it is logged, and reaches the client as `INTERNAL`.
 */
export class Fault extends Error {
  readonly code: ErrorCode;
  readonly path: readonly string[] | undefined;
  readonly violations: readonly Violation[];
  readonly decision: Decision | undefined;
  readonly retryAfterMs: number | undefined;
  readonly details: Json | undefined;

  constructor(code: ErrorCode, message: string, detail: FaultOptions = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'Fault';
    this.code = code;
    this.path = detail.path;
    this.violations = detail.violations ?? [];
    this.decision = detail.decision;
    this.retryAfterMs = detail.retryAfterMs;
    this.details = detail.details;
  }
}

/** For requests that come while every permit is taken and the queue for them is full. */
export function atCapacity(): Fault {
  return new Fault('UNAVAILABLE', 'The server is at capacity. Try again in a moment.', { retryAfterMs: 1_000 });
}

/** True for a fault that may pass when tried again unchanged. */
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

/** The HTTP status (RFC 9110, section 15) that says the same as the code; for every surface that speaks HTTP. */
export function httpStatus(code: ErrorCode): number {
  return STATUS_BY_CODE[code];
}

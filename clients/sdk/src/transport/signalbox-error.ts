import type { ErrorCode, RefusalPartsFragment } from '../generated/graphql.ts';

/** An error in a GraphQL response (section 7.1.6 of the specification). */
export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

interface ErrorDetails {
  readonly retryAfterMs?: number | null | undefined;
  readonly refusal?: RefusalDetails;
  readonly errors?: readonly ResponseError[];
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** The selected fields of a refusal. */
export type RefusalDetails = Pick<RefusalPartsFragment, '__typename'> & Partial<RefusalPartsFragment>;

/** The error of the client; `RunFailed` is one, too. When the caller aborts, the signal's reason is thrown instead. */
export class SignalboxError extends Error {
  override readonly name: string = 'SignalboxError';
  /** An error code of the server; `UNAVAILABLE` also if the server cannot be reached. */
  readonly code: ErrorCode;
  /** How long to wait before the next attempt, in milliseconds, if the server said so. */
  readonly retryAfterMs: number | undefined;
  /** The refusal that was passed to `unwrap`: violations, the policy's decision. */
  readonly refusal: RefusalDetails | undefined;
  /** Every error of the response; code and message are those of the first. */
  readonly errors: readonly ResponseError[];
  /** The fields of the response that did not fail. */
  readonly data: unknown;

  constructor(code: ErrorCode, message: string, detail: ErrorDetails = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.retryAfterMs = detail.retryAfterMs ?? undefined;
    this.refusal = detail.refusal;
    this.errors = detail.errors ?? [];
    this.data = detail.data;
  }
}

/** One error for all errors of a response. */
export function errorOfResponse(errors: readonly ResponseError[], data?: unknown): SignalboxError {
  const [first] = errors;
  const { code, retryAfterMs } = first?.extensions ?? {};
  return new SignalboxError(
    // A newer server may know more codes.
    typeof code === 'string' ? (code as ErrorCode) : 'INTERNAL',
    first?.message ?? 'The server returned an error without a message.',
    { errors, data, ...(typeof retryAfterMs === 'number' && { retryAfterMs }) },
  );
}

/** What was thrown, as an error of the client. */
export function asError(error: unknown): SignalboxError {
  return error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error), { cause: error });
}

/** Whether the same operation may succeed later without any change. */
export function isTransient({ code }: SignalboxError): boolean {
  return code === 'UNAVAILABLE' || code === 'TIMEOUT' || code === 'THROTTLED';
}

/** Whether data can be followed again once it has been read: retention may have removed what came after the cursor. */
export function canContinue(error: SignalboxError): boolean {
  return isTransient(error) || error.code === 'CURSOR_EXPIRED';
}

type Accepted<Result> = Exclude<Result, { readonly __typename: 'Refusal' }>;

/**
 * Returns the result of a mutation that was carried out. The document must select `__typename`.
 * @throws SignalboxError if it was refused, with the code and message of the refusal, and the refusal itself.
 */
export function unwrap<Result extends { readonly __typename: string }>(result: Result): Accepted<Result> {
  if (result.__typename !== 'Refusal') return result as Accepted<Result>;
  const refusal = result as Result & RefusalDetails;
  const {
    code = 'INTERNAL',
    message = 'The server refused the mutation. Select `code` and `message` of Refusal to learn why.',
    retryAfterMs,
  } = refusal;
  throw new SignalboxError(code, message, { refusal, retryAfterMs });
}

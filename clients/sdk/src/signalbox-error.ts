import type { ErrorCode, RefusalPartsFragment } from './generated/graphql.ts';

/** An error as GraphQL puts it into a response (section 7.1.6 of the specification). */
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

/** A refusal as far as it was selected. */
export type RefusalDetails = Pick<RefusalPartsFragment, '__typename'> & Partial<RefusalPartsFragment>;

/** The only error that the client throws by itself. When the caller aborts, it is the signal's reason that is thrown. */
export class SignalboxError extends Error {
  override readonly name = 'SignalboxError';
  /** Of the server's closed set; `UNAVAILABLE` also when it cannot be reached. */
  readonly code: ErrorCode;
  /** How long the server asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** What `unwrap` was given: violations, the policy's decision. */
  readonly refusal: RefusalDetails | undefined;
  /** Every error of the response; this one is made from the first. */
  readonly errors: readonly ResponseError[];
  /** What was answered in spite of the errors: the fields that did not fail. */
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

/** The errors of a response as one. */
export function errorOfResponse(errors: readonly ResponseError[], data?: unknown): SignalboxError {
  const [first] = errors;
  const { code, retryAfterMs } = first?.extensions ?? {};
  return new SignalboxError(
    // A newer server may know more codes.
    typeof code === 'string' ? (code as ErrorCode) : 'INTERNAL',
    first?.message ?? 'The server answered with an error and no reason.',
    { errors, data, ...(typeof retryAfterMs === 'number' && { retryAfterMs }) },
  );
}

/** Whether the same may work later, without anybody doing anything. */
export function isTransient({ code }: SignalboxError): boolean {
  return code === 'UNAVAILABLE' || code === 'TIMEOUT' || code === 'THROTTLED';
}

type Accepted<Result> = Exclude<Result, { readonly __typename: 'Refusal' }>;

/**
 * The result of a mutation, when it was carried out. The document must select `__typename`.
 * @throws SignalboxError with the code and message of the refusal, and the refusal itself.
 */
export function unwrap<Result extends { readonly __typename: string }>(result: Result): Accepted<Result> {
  if (result.__typename !== 'Refusal') return result as Accepted<Result>;
  const refusal = result as Result & RefusalDetails;
  const { code = 'INTERNAL', message = 'Refused; select `message` to read why.', retryAfterMs } = refusal;
  throw new SignalboxError(code, message, { refusal, retryAfterMs });
}

import { Fault } from '../../core/errors.ts';

/** An error that S3 answered, before it is known for whom it is. */
export class S3Refusal extends Error {
  readonly status: number;
  /** The code of S3, such as `NoSuchKey`, or the status if it sent none. */
  readonly code: string;

  constructor(status: number, code: string) {
    super(`S3 answered ${status} ${code}`);
    this.name = 'S3Refusal';
    this.status = status;
    this.code = code;
  }
}

const CREDENTIALS = 'Ask the operator to check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and what that key may do.';
const REGION = 'Ask the operator to check S3_REGION and S3_ENDPOINT.';
const FULL = 'S3 has no space left, or its quota is used up. Ask the operator to free some, then try again.';

const REASONS: Readonly<Record<string, string>> = {
  AccessDenied: `S3 denies access. ${CREDENTIALS}`,
  AllAccessDisabled: `S3 denies access. ${CREDENTIALS}`,
  AuthorizationHeaderMalformed: `S3 expects another region. ${REGION}`,
  EntityTooLarge: 'S3 does not accept an object of this size. Use a smaller one.',
  ExpiredToken: `S3 refuses the credentials, because they have expired. ${CREDENTIALS}`,
  InsufficientStorage: FULL,
  InvalidAccessKeyId: `S3 does not know the access key. ${CREDENTIALS}`,
  NoSuchBucket: 'The bucket does not exist. Ask the operator to create it, or to correct its name.',
  PermanentRedirect: `The bucket is in another region. ${REGION}`,
  QuotaExceeded: FULL,
  RequestTimeTooSkewed: 'The clocks of this server and of S3 differ too much. Ask the operator to synchronize them.',
  SignatureDoesNotMatch: `S3 refuses the secret key. ${CREDENTIALS}`,
  XMinioStorageFull: FULL,
};

const BY_STATUS: Readonly<Record<number, string>> = {
  301: `The bucket is elsewhere. ${REGION}`,
  307: `The bucket is elsewhere. ${REGION}`,
  401: `S3 refuses the credentials. ${CREDENTIALS}`,
  403: `S3 denies access. ${CREDENTIALS}`,
  507: FULL,
};

const RETRY_AFTER_MS = 1_000;
const BUSY = new Set([429, 500, 502, 503, 504]);

/** Whether the same request may succeed in a moment. */
export function isBusy({ status, code }: S3Refusal): boolean {
  return BUSY.has(status) && !(code in REASONS);
}

/** UNAVAILABLE with what the operator can do, for what S3 answered; any other error unchanged. */
export function s3Fault(error: unknown): unknown {
  if (!(error instanceof S3Refusal)) return error;
  const { status, code } = error;
  const detail = { cause: error, details: { status, reason: code } };
  const reason = REASONS[code] ?? BY_STATUS[status];
  if (reason !== undefined) return new Fault('UNAVAILABLE', reason, detail);
  const busy = isBusy(error);
  const advice = busy ? 'Try again in a moment.' : 'Ask the operator to check S3_ENDPOINT.';
  const message = `S3 answered with status ${status} (${code}). ${advice}`;
  return new Fault('UNAVAILABLE', message, { ...detail, ...(busy && { retryAfterMs: RETRY_AFTER_MS }) });
}

/** UNAVAILABLE for a connection that failed or a service that is silent. Addresses are not passed on. */
export function s3NetworkFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const message = 'S3 cannot be reached. Try again in a moment, or ask the operator to check S3_ENDPOINT.';
  return new Fault('UNAVAILABLE', message, { cause, retryAfterMs: RETRY_AFTER_MS });
}

export async function withS3Faults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Fault(error);
  }
}

import { SignalboxError } from './signalbox-error.ts';
import type { ErrorCode } from './src/generated/graphql.ts';

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  408: 'TIMEOUT',
  413: 'RESOURCE_TOO_LARGE',
  429: 'THROTTLED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'TIMEOUT',
};

/** What the server says outside of GraphQL. */
interface Told {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** The error of an answer that is no GraphQL: the server's `{"error": {code, message}}`, or a page of a proxy. */
export function answerError({ status, url, headers }: Response, body: unknown): SignalboxError {
  const told = (body as { readonly error?: Told } | undefined)?.error;
  if (typeof told?.code === 'string') return new SignalboxError(told.code, told.message, told);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new SignalboxError(
    CODES[status] ?? 'INTERNAL',
    `The answer, with HTTP status ${status}, is not of a Signalbox server; see whether ${url} leads to one.`,
    { ...(seconds >= 0 && { retryAfterMs: seconds * 1000 }) },
  );
}

/** The body as JSON; undefined when it is none. @throws SignalboxError UNAVAILABLE when it ends too early */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text().catch((cause) => {
    // Fetch tells a broken connection by a TypeError; what else comes is the reason of an abort.
    if (!(cause instanceof TypeError)) throw cause;
    throw new SignalboxError('UNAVAILABLE', 'The connection broke in the middle of the answer.', { cause });
  });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

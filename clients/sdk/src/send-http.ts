import type { Credentials } from './credentials.ts';
import type { ErrorCode } from './generated/graphql.ts';
import { SignalboxError } from './signalbox-error.ts';

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
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
interface ServerError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** The error of an answer that is no GraphQL: the server's `{"error": {code, message}}`, or a page of a proxy. */
export function errorOfStatus({ status, url, headers }: Response, body: unknown): SignalboxError {
  const told = (body as { readonly error?: ServerError } | undefined)?.error;
  if (typeof told?.code === 'string') return new SignalboxError(told.code, told.message, told);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new SignalboxError(
    CODE_BY_STATUS[status] ?? 'INTERNAL',
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

export interface HttpContext {
  /** The server's address; ends in a slash. */
  readonly base: URL;
  readonly fetch: typeof fetch;
  readonly credentials: Credentials;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
  readonly signal?: AbortSignal | undefined;
  /** Without a token, as sign-in must be: an old token would be refused before the password is looked at. */
  readonly anonymous?: boolean;
}

/**
 * Sends a request with the token. When the server refuses the token, it is sent once more with another, if there is one
 * and the body can be sent twice.
 * @throws SignalboxError UNAVAILABLE when the server cannot be reached; the reason of the signal that aborted
 */
export async function sendHttp(http: HttpContext, path: string, request: HttpRequest): Promise<Response> {
  const { credentials } = http;
  if (request.anonymous) return sendOnce(http, path, request, undefined);
  const token = await credentials.current();
  const response = await sendOnce(http, path, request, token);
  if (response.status !== 401 || token === undefined || request.body instanceof ReadableStream) return response;
  const renewed = await credentials.renew(token);
  if (renewed === undefined) return response;
  await response.body?.cancel();
  return sendOnce(http, path, request, renewed);
}

async function sendOnce(
  { base, fetch, closing }: HttpContext,
  path: string,
  { method, headers, body, signal }: HttpRequest,
  token: string | undefined,
): Promise<Response> {
  const signals = AbortSignal.any(signal ? [closing, signal] : [closing]);
  try {
    return await fetch(new URL(path, base), {
      method,
      headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      signal: signals,
      ...(body !== undefined && { body }),
      // Fetch asks for it where the body is a stream; the DOM's types do not know it yet.
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    });
  } catch (cause) {
    if (signals.aborted) throw signals.reason;
    throw new SignalboxError('UNAVAILABLE', `The server at ${base} cannot be reached.`, { cause });
  }
}

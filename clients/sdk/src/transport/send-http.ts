import type { ErrorCode } from '../generated/graphql.ts';
import type { Credentials } from './credentials.ts';
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

/** The body of an error response outside of GraphQL. */
interface ServerError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** The error of a response that is not GraphQL: the server's `{"error": {code, message}}`, or a page of a proxy. */
export function errorOfStatus({ status, url, headers }: Response, body: unknown): SignalboxError {
  const serverError = (body as { readonly error?: ServerError } | undefined)?.error;
  if (typeof serverError?.code === 'string') {
    return new SignalboxError(serverError.code, serverError.message, serverError);
  }
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new SignalboxError(
    CODE_BY_STATUS[status] ?? 'INTERNAL',
    `The response (HTTP status ${status}) is not that of a Signalbox server. Check that ${url} leads to one.`,
    { ...(seconds >= 0 && { retryAfterMs: seconds * 1000 }) },
  );
}

/** The body as JSON; undefined if it is not JSON. @throws SignalboxError UNAVAILABLE if it ends too early */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text().catch((cause) => {
    // Fetch reports a broken connection as a TypeError; anything else is the reason of an abort.
    if (!(cause instanceof TypeError)) throw cause;
    throw new SignalboxError(
      'UNAVAILABLE',
      'The connection was lost in the middle of the response. The server may have done the work.',
      { cause },
    );
  });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface HttpContext {
  /** URL of the server; ends in a slash. */
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
  /** Sends no token. Required for sign-in: an old token would be refused before the password is checked. */
  readonly anonymous?: boolean;
}

/**
 * Sends a request with the token. If the server refuses the token, the request is sent once more with another, if there
 * is one and the body can be sent twice.
 * @throws SignalboxError UNAVAILABLE if the server cannot be reached; the reason of the signal that aborted
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
      // Fetch requires it for a stream; the DOM's types do not have it yet.
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    });
  } catch (cause) {
    if (signals.aborted) throw signals.reason;
    throw new SignalboxError(
      'UNAVAILABLE',
      `Cannot reach ${base.href.replace(/\/$/, '')}: ${reasonOf(cause)}; check that the server is running and that the URL is right.`,
      { cause },
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  ENOTFOUND: 'the name of the host is unknown',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
  ETIMEDOUT: 'no answer',
};

/** What Node says in the cause of the error of fetch; a browser says nothing. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return 'network error';
  const reason = 'code' in cause ? REASONS[String(cause.code)] : undefined;
  return reason ?? (cause.message || 'network error');
}

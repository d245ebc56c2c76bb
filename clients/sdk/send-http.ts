import { SignalboxError } from './signalbox-error.ts';
import type { Credentials } from './src/credentials.ts';

export interface Http {
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
export async function sendHttp(http: Http, path: string, request: HttpRequest): Promise<Response> {
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
  { base, fetch, closing }: Http,
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

import { Fault } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { retry } from '../shared/retry.ts';
import { googleFault } from './google-fault.ts';
import { reconnectFault } from './google-oauth.ts';

export interface GoogleApiDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  /** @param refused a token that Google rejected */
  readonly accessToken: (signal: AbortSignal, refused?: string) => Promise<string>;
  /** Before the second attempt; doubled before each further one. */
  readonly backoffMs: number;
}

export interface GoogleRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** Complete, with its query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** Limit of the response. */
  readonly maxBytes?: number;
  /** A status other than 2xx that is not a failure. */
  readonly acceptedStatus?: number;
  /** Default 4. */
  readonly maxAttempts?: number;
  readonly signal: AbortSignal;
}

/** Requests to the Drive API on behalf of one user. */
export interface GoogleApi {
  readonly backoffMs: number;
  /**
   * Sends a request and reads the response. Retries transient failures, so the request must be idempotent.
   * @throws Fault
   */
  request<T>(request: GoogleRequest, read: (response: Response) => Promise<T>): Promise<T>;
  /** The same, for a response that is a JSON object. */
  json(request: GoogleRequest): Promise<JsonObject>;
}

const MAX_ATTEMPTS = 4;
const MAX_JSON_BYTES = 4 * 1024 * 1024;
const IDLE_MS = 60_000;

export function createGoogleApi({ outgoing, accessToken, backoffMs }: GoogleApiDeps): GoogleApi {
  const send = async (request: GoogleRequest, token: string) => {
    const { url, method = 'GET', headers, body, signal, maxBytes = MAX_JSON_BYTES } = request;
    const fetch = outgoing.fetch(canonicalUri(url), { maxBytes, idleMs: IDLE_MS, signal });
    const all = { accept: 'application/json', ...headers, authorization: `Bearer ${token}` };
    return await fetch(url, { method, headers: all, ...(body !== undefined && { body }) });
  };

  const once = async <T>(request: GoogleRequest, read: (response: Response) => Promise<T>): Promise<T> => {
    const token = await accessToken(request.signal);
    let response = await send(request, token);
    if (response.status === 401) {
      await response.body?.cancel();
      response = await send(request, await accessToken(request.signal, token));
      if (response.status === 401) {
        await response.body?.cancel();
        throw reconnectFault();
      }
    }
    if (response.ok || response.status === request.acceptedStatus) return await read(response);
    throw await googleFault(response);
  };

  const ask: GoogleApi['request'] = (request, read) => {
    const { signal, maxAttempts = MAX_ATTEMPTS } = request;
    return retry(() => once(request, read), { signal, maxAttempts, backoffMs });
  };
  return { backoffMs, request: ask, json: (request) => ask(request, readJson) };
}

/** @throws Fault unless the response is a JSON object */
export async function readJson(response: Response): Promise<JsonObject> {
  try {
    const json: unknown = JSON.parse(await response.text());
    if (isJsonObject(json)) return json;
  } catch (error) {
    if (error instanceof Fault) throw error;
  }
  throw new Fault('RESOURCE_UNREACHABLE', 'The response of Google Drive is not a JSON object. Try again later.');
}

import { Fault } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { retry } from '../shared/retry.ts';
import { googleFault } from './google-fault.ts';
import { reconnectFault } from './google-oauth.ts';

export interface GoogleApiDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  /** @param refused one that was not taken */
  readonly accessToken: (signal: AbortSignal, refused?: string) => Promise<string>;
  /** Before the second try; twice as long before each later one. */
  readonly backoffMs: number;
}

export interface GoogleRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** Whole, with its query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** Of the answer. */
  readonly maxBytes?: number;
  /** Status besides 2xx that is no failure. */
  readonly fine?: number;
  /** Four unless told. */
  readonly tries?: number;
  readonly signal: AbortSignal;
}

/** Requests to the Drive API in the name of one person. */
export interface GoogleApi {
  readonly backoffMs: number;
  /**
   * Sends and reads; again when it fails in a way that passes, so what is sent must do no harm when it arrives twice.
   * @throws Fault
   */
  request<T>(request: GoogleRequest, read: (response: Response) => Promise<T>): Promise<T>;
  /** The same for an answer that is a JSON object. */
  json(request: GoogleRequest): Promise<JsonObject>;
}

const MAX_ATTEMPTS = 4;
const MAX_JSON_BYTES = 4 * 1024 * 1024;
const IDLE_MS = 60_000;

export function createGoogleApi({ outgoing, accessToken, backoffMs: pauseMs }: GoogleApiDeps): GoogleApi {
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
    if (response.ok || response.status === request.fine) return await read(response);
    throw await googleFault(response);
  };

  const ask: GoogleApi['request'] = (request, read) => {
    const { signal, tries = MAX_ATTEMPTS } = request;
    return retry(() => once(request, read), { signal, tries, pauseMs });
  };
  return { backoffMs: pauseMs, request: ask, json: (request) => ask(request, readJson) };
}

/** @throws Fault when it is none */
export async function readJson(response: Response): Promise<JsonObject> {
  try {
    const json: unknown = JSON.parse(await response.text());
    if (isJsonObject(json)) return json;
  } catch (error) {
    if (error instanceof Fault) throw error;
  }
  throw new Fault('RESOURCE_UNREACHABLE', 'Google Drive answers with something that is no JSON. Try again later.');
}

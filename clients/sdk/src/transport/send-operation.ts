import type { Operation, OperationResult } from './open-connection.ts';
import { errorOfStatus, type HttpContext, readJson, sendHttp } from './send-http.ts';
import { errorOfResponse, SignalboxError } from './signalbox-error.ts';

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  readonly anonymous?: boolean;
  readonly timeoutMs: number;
}

/**
 * Sends one query or mutation over HTTP (GraphQL over HTTP, section 6).
 * @throws SignalboxError for any error in the response, with the fields that did not fail as its `data`; TIMEOUT
 */
export async function sendOperation(http: HttpContext, operation: Operation, options: SendOptions): Promise<unknown> {
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort(
      new SignalboxError(
        'TIMEOUT',
        `The server did not respond within ${options.timeoutMs} ms (timeoutMs). Its work may continue; repeat a command with its idempotencyKey.`,
      ),
    );
  }, options.timeoutMs);
  try {
    const response = await sendHttp(http, 'graphql', {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'content-type': 'application/json',
      },
      body: JSON.stringify(operation),
      signal: AbortSignal.any(options.signal ? [timeout.signal, options.signal] : [timeout.signal]),
      ...(options.anonymous && { anonymous: true }),
    });
    return dataOf(response, await readJson(response));
  } finally {
    clearTimeout(timer);
  }
}

function dataOf(response: Response, body: unknown): unknown {
  const { data, errors } = (body ?? {}) as OperationResult;
  if (Array.isArray(errors) && errors.length > 0) throw errorOfResponse(errors, data);
  if (!response.ok || data == null) throw errorOfStatus(response, body);
  return data;
}

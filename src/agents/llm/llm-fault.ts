import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json } from '../../lib/json.ts';
import { networkFault } from '../../resources/outgoing/network-fault.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';

/** Properties of errors of the `openai` package, which is loaded late, so its classes are not imported. */
interface ApiError extends Error {
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly error?: unknown;
}

/** Converts an error of a model request to a fault. */
export function llmFault(error: unknown, host: string): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return networkFault(error, host);
  const { status, headers, error: body, cause } = error as ApiError;
  if (cause instanceof Fault) return cause;
  if (typeof status === 'number') {
    const retryAfter = headers instanceof Headers ? headers.get('retry-after') : undefined;
    return statusFault(host, status, retryAfter, errorTextOf(body));
  }
  if (error instanceof SyntaxError) {
    const message = `${host} did not send a stream of chat completions. Check the address of the LLM endpoint, or try again.`;
    return new Fault('RESOURCE_UNREACHABLE', message, { cause: error });
  }
  if (body !== undefined) {
    const reason = errorTextOf(body).slice(0, 500);
    const message = `${host} ended its answer with an error: ${reason || 'it gave no reason'}. Try again later.`;
    return new Fault('UNAVAILABLE', message, { cause: error });
  }
  return networkFault(cause ?? error, host);
}

/** Codes of a connection that was never established. */
const CONNECTION_FAILURE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|ERR_TLS/;

/** True only when it is certain that no token was used. */
export function consumedNoTokens(fault: Fault): boolean {
  if (fault.code === 'FORBIDDEN') return true;
  const { status, reason } = isJsonObject(fault.details) ? fault.details : {};
  // After 408 a model may still be running.
  if (typeof status === 'number') return status >= 400 && status < 500 && status !== 408;
  return typeof reason === 'string' && CONNECTION_FAILURE.test(reason);
}

function errorTextOf(body: unknown): string {
  if (typeof body === 'string') return body;
  const inner = isJsonObject(body) ? (body.message ?? body.error) : undefined;
  return inner === undefined ? '' : errorTextOf(inner as Json);
}

import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json } from '../../lib/json.ts';
import { networkFault } from '../../resources/outgoing/network-fault.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';

/** What an error of the `openai` package may have; its classes are not needed for that, and loaded late. */
interface ApiError extends Error {
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly error?: unknown;
}

/** What went wrong while a model was asked, as a fault. */
export function llmFault(error: unknown, host: string): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return networkFault(error, host);
  const { status, headers, error: said, cause } = error as ApiError;
  if (cause instanceof Fault) return cause;
  if (typeof status === 'number') {
    const retryAfter = headers instanceof Headers ? headers.get('retry-after') : undefined;
    return statusFault(host, status, retryAfter, errorTextOf(said));
  }
  if (error instanceof SyntaxError) {
    const message = `${host} sends what is no stream of chat completions. Check that LLM endpoint, or try again.`;
    return new Fault('RESOURCE_UNREACHABLE', message, { cause: error });
  }
  if (said !== undefined) {
    const words = errorTextOf(said).slice(0, 500);
    const message = `${host} broke its answer off. It says: ${words || 'nothing about it'}. Try again later.`;
    return new Fault('UNAVAILABLE', message, { cause: error });
  }
  return networkFault(cause ?? error, host);
}

/** Codes of a connection that was never made. */
const CONNECTION_FAILURE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|ERR_TLS/;

/** True only when it is certain that no token was used. */
export function consumedNoTokens(fault: Fault): boolean {
  if (fault.code === 'FORBIDDEN') return true;
  const { status, reason } = isJsonObject(fault.details) ? fault.details : {};
  // Behind 408 a model may still be at work.
  if (typeof status === 'number') return status >= 400 && status < 500 && status !== 408;
  return typeof reason === 'string' && CONNECTION_FAILURE.test(reason);
}

function errorTextOf(said: unknown): string {
  if (typeof said === 'string') return said;
  const inner = isJsonObject(said) ? (said.message ?? said.error) : undefined;
  return inner === undefined ? '' : errorTextOf(inner as Json);
}

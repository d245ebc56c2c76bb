import type { Fault } from '../../core/errors.ts';
import { isJsonObject } from '../../lib/json.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';
import { tryParseJson } from '../shared/try-parse-json.ts';
import { errorTextOf } from './completion-stream.ts';

/** What an endpoint says of a request that it rejects: its fault, and all of its explanation. */
export interface Rejection {
  readonly fault: Fault;
  readonly explanation: string;
}

/** Reads a response without a successful status. */
export async function readRejection(response: Response, host: string): Promise<Rejection> {
  const { status, headers } = response;
  const explanation = await response.text().catch(() => '');
  const json = tryParseJson(explanation);
  const isPage = explanation.trimStart().startsWith('<');
  const words = json === undefined ? (isPage ? '' : explanation) : errorTextOf(json);
  return { fault: statusFault(host, status, headers.get('retry-after'), words), explanation };
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

import { Fault } from '../../core/errors.ts';

/** Messages for failed requests. The message of the system may contain internal addresses, and is not passed on. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'its name cannot be resolved at the moment',
  EADDRNOTAVAIL: 'there is no route to it',
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it closed the connection',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ENOTFOUND: 'its name does not exist',
  EPIPE: 'it closed the connection',
  EPROTO: 'its TLS handshake failed',
  UND_ERR_HEADERS_OVERFLOW: 'its response has too many headers',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'it sent less than it announced',
  UND_ERR_SOCKET: 'it closed the connection before the end',
};

const TIMEOUTS: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'It did not accept a connection in time.',
  UND_ERR_BODY_TIMEOUT: 'It stopped sending in the middle of its response.',
  UND_ERR_CONNECT_TIMEOUT: 'It did not accept a connection in time.',
  UND_ERR_HEADERS_TIMEOUT: 'It did not answer in time.',
};

/** The fault of a failed request. A fault is returned unchanged. */
export function networkFault(error: unknown, host: string): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const detail = { cause: error, details: { host, reason: code } };
  const timeout = TIMEOUTS[code];
  if (timeout) return new Fault('TIMEOUT', `${host} is too slow. ${timeout} Try again later.`, detail);
  const why = UNREACHABLE[code] ?? otherReason(code);
  return new Fault(
    'RESOURCE_UNREACHABLE',
    `${host} cannot be read: ${why}. Check the URI, or try again later.`,
    detail,
  );
}

function otherReason(code: string): string {
  if (code.startsWith('HPE_')) return 'its response is not valid HTTP';
  if (/CERT|SIGNED|ERR_TLS|UNABLE_TO/.test(code)) return `its certificate is not valid for this host (${code})`;
  if (code.startsWith('ERR_SSL')) return 'its TLS handshake failed';
  return 'the connection failed';
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined) return code;
  // Undici's parser does not always say which rule was broken.
  if (error.name === 'HTTPParserError') return 'HPE_INVALID';
  return error instanceof AggregateError ? codeOf(error.errors[0]) : 'UNKNOWN';
}

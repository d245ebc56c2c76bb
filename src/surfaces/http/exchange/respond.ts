import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Fault, httpStatus } from '../../../core/errors.ts';
import type { Logger } from '../../../core/telemetry.ts';
import type { RequestInfo } from './http-deps.ts';

export function sendJson(res: ServerResponse, status: number, value: unknown, headers: OutgoingHttpHeaders = {}): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(body);
}

/** Responds with `{"error": {code, message, …}}`. @param status overrides the status of the code */
export function sendFault(
  res: ServerResponse,
  fault: Fault,
  { status = httpStatus(fault.code), headers = {} }: { status?: number; headers?: OutgoingHttpHeaders } = {},
): void {
  const { code, message, path, violations, retryAfterMs } = fault;
  const error = {
    code,
    message,
    ...(path && { path }),
    ...(violations.length > 0 && { violations }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  sendJson(
    res,
    status,
    { error },
    {
      ...(code === 'UNAUTHENTICATED' && { 'WWW-Authenticate': 'Bearer' }),
      ...(retryAfterMs !== undefined && { 'Retry-After': Math.ceil(retryAfterMs / 1000) }),
      ...headers,
    },
  );
}

/** Answers a precondition that failed: 304 without a body, or 412. */
export function sendPrecondition(res: ServerResponse, status: 304 | 412): void {
  if (status === 304) res.writeHead(304).end();
  else {
    const message = 'The content has another entity tag than If-Match names. Read it again without If-Match.';
    sendFault(res, new Fault('CONFLICT', message), { status });
  }
}

/** A Fault unchanged. Anything else is a bug: it is logged, and the client receives only a reference. */
export function toFault(error: unknown, info: RequestInfo, logger: Logger): Fault {
  if (error instanceof Fault) return error;
  logger.error('http.failed', { traceId: info.traceId, error });
  return new Fault('INTERNAL', `Something went wrong here. Report it with the reference ${info.traceId}.`);
}

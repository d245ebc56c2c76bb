import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, Fault, httpStatus } from '../../core/errors.ts';
import { newTraceId } from '../../core/ids.ts';
import type { HttpDeps } from './exchange/http-deps.ts';
import { isAllowedOrigin, isLoopbackHost } from './exchange/origin.ts';
import { hostFault } from './exchange/request-target.ts';
import { toFault } from './exchange/respond.ts';
import { callerOf } from './exchange/session-cookie.ts';

/** Accepts or refuses a WebSocket handshake. CORS does not cover WebSockets, so the origin is checked here. */
export function acceptUpgrade(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  ctx: { readonly deps: HttpDeps; readonly draining: AbortSignal },
): void {
  const { deps, draining } = ctx;
  // Without a listener, a connection reset would end the process.
  socket.on('error', () => socket.destroy());
  const refusal = upgradeFault(req, deps, draining);
  if (refusal) {
    writeRawFault(socket, refusal);
    return;
  }
  const info = { ...callerOf(req, deps.config.server), traceId: newTraceId(), draining };
  try {
    deps.upgrade(req, socket, head, info);
  } catch (error) {
    writeRawFault(socket, toFault(error, info, deps.logger));
  }
}

function upgradeFault(req: IncomingMessage, { config }: HttpDeps, draining: AbortSignal): Fault | undefined {
  if (req.url?.replace(/\?.*/s, '') !== '/graphql')
    return new Fault('NOT_FOUND', 'This path has no WebSocket. Open /graphql.');
  if (config.mode === 'development' && !isLoopbackHost(req))
    return new Fault('FORBIDDEN', 'A development server accepts requests for this machine only. Use localhost.');
  if (!isAllowedOrigin(req, config.server.corsOrigins))
    return new Fault('FORBIDDEN', 'This origin may not open a WebSocket. Add it to CORS_ORIGINS.');
  if (draining.aborted) return new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.');
  return hostFault(req);
}

/** Responds on a raw socket, without a response object, and closes it. */
export function writeRawFault(
  socket: Duplex,
  fault: { code: ErrorCode; message: string },
  status = httpStatus(fault.code),
) {
  const body = `${JSON.stringify({ error: { code: fault.code, message: fault.message } })}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

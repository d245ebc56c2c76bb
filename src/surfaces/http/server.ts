import { once, setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Fault } from '../../core/errors.ts';
import { createSlotSet } from '../../lib/slot-map.ts';
import { acceptUpgrade, writeRawFault } from './accept-upgrade.ts';
import { answerRequest } from './answer-request.ts';
import { withoutBasePath } from './exchange/exchange.ts';
import type { HttpDeps } from './exchange/http-deps.ts';
import { HTTP_LIMITS, type HttpLimits } from './exchange/http-limits.ts';
import { normalizeTarget } from './exchange/request-target.ts';
import { callerOf } from './exchange/session-cookie.ts';
import { observeRequest } from './observe-request.ts';

export interface HttpServer {
  /** @throws Fault UNAVAILABLE when the address is not available */
  listen(): Promise<AddressInfo>;
  /**
   * Accepts no more connections, lets active requests finish for `drainMs`, then cuts off the rest. WebSockets count
   * as active: their handler ends them when `RequestInfo.draining` aborts.
   */
  close(drainMs: number): Promise<void>;
}

/** The one port of the server: GraphQL over HTTP and WebSocket, artifacts, probes. */
export function createHttpServer(deps: HttpDeps, changes: Partial<HttpLimits> = {}): HttpServer {
  const limits = { ...HTTP_LIMITS, ...changes };
  const drain = new AbortController();
  // Each subscription listens to it.
  setMaxListeners(0, drain.signal);
  const answers = createSlotSet<ServerResponse>();
  const upgraded = new Set<Duplex>();

  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.max(100, Math.min(limits.headersTimeoutMs / 4, 5_000)),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.maxHeaderBytes,
    // Some clients offer h2c with every request, which is ignored: the request is served as HTTP/1.1.
    shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.maxConnections = limits.maxConnections;

  const { basePath } = deps.config.server;
  const begin = (req: IncomingMessage, res: ServerResponse) => {
    normalizeTarget(req);
    req.url = withoutBasePath(req.url ?? '', basePath);
    const answered = answers.add(res);
    if (drain.signal.aborted) res.setHeader('Connection', 'close');
    res.once('close', () => {
      answered();
      if (drain.signal.aborted) setImmediate(() => server.closeIdleConnections());
    });
    observeRequest(req, res, deps, (traceId) => {
      const info = { ...callerOf(req, deps.config.server), traceId, draining: drain.signal };
      void answerRequest(req, res, { info, deps, limits });
    });
  };
  const serve = (req: IncomingMessage, res: ServerResponse) => {
    // Pipelined requests get the socket in turn; nothing is done for them before.
    if (res.socket) begin(req, res);
    else res.once('socket', () => begin(req, res));
  };
  server.on('request', serve);
  // Only an accepted request gets 100 Continue, so a client does not send a body that would be refused.
  server.on('checkContinue', serve);
  server.on('upgrade', (req, socket, head) => {
    normalizeTarget(req);
    req.url = withoutBasePath(req.url ?? '', basePath);
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    acceptUpgrade(req, socket, head, { deps, draining: drain.signal });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answering = answers.values().some((res) => res.socket === socket && res.headersSent);
    if (error.code === 'ECONNRESET' || !socket.writable || answering) socket.destroy();
    else if (error.code === 'HPE_HEADER_OVERFLOW')
      writeRawFault(
        socket,
        { code: 'BAD_INPUT', message: `The headers exceed the maximum of ${limits.maxHeaderBytes} bytes.` },
        431,
      );
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
      writeRawFault(socket, { code: 'TIMEOUT', message: 'The request did not arrive in time. Send it again.' }, 408);
    else writeRawFault(socket, { code: 'BAD_INPUT', message: 'This is not HTTP/1.1 (RFC 9112).' });
  });

  const stop = async (drainMs: number) => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    drain.abort();
    for (const res of answers.values()) if (!res.headersSent) res.setHeader('Connection', 'close');
    const deadline = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    }, drainMs);
    await closed;
    clearTimeout(deadline);
  };
  let closing: Promise<void> | undefined;

  return {
    async listen() {
      const { host, port } = deps.config.server;
      try {
        // Without a host, Node takes :: for both families, and 0.0.0.0 on a machine without IPv6.
        server.listen(host === '::' ? { port } : { host, port });
        await once(server, 'listening');
      } catch (error) {
        const message = `Cannot listen on ${host} port ${port}: ${(error as Error).message}. Set HOST or PORT.`;
        throw new Fault('UNAVAILABLE', message, { cause: error });
      }
      // Such as too many open files: one connection is lost, not the server.
      server.on('error', (error) => deps.logger.error('http.accept_failed', { error }));
      return server.address() as AddressInfo;
    },
    close: (drainMs) => {
      closing ??= stop(drainMs);
      return closing;
    },
  };
}

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createTestResources, type TestResources } from './resources.ts';

/** An HTTP server on loopback, and `Resources` that may read from it; for the tests of the file that calls this. */
export function startHttpOrigin() {
  const sockets = new Set<Socket>();
  const open: TestResources[] = [];
  const server = createServer((request, response) => http.handler(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  // Without keep-alive: an open socket is a request that has not ended.
  server.maxRequestsPerSocket = 1;

  const http = {
    handler: (() => {}) as RequestListener,
    origin: '',
    port: 0,
    resources: undefined as unknown as TestResources,
    connections: () => sockets.size,
    closeAfter: (resources: TestResources) => void open.push(resources),
    /** Reads from the same server, with short time limits. */
    async withTimeouts(timeouts: { headerTimeoutMs?: number; totalTimeoutMs?: number }): Promise<TestResources> {
      const resources = await createTestResources({ allowedPrivateHosts: [`127.0.0.1:${http.port}`], ...timeouts });
      open.push(resources);
      return resources;
    },
    async noConnections(): Promise<void> {
      while (sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    http.port = (server.address() as AddressInfo).port;
    http.origin = `http://127.0.0.1:${http.port}`;
    http.resources = await http.withTimeouts({});
  });

  afterEach(() => {
    http.resources.authorizedUris.length = 0;
    http.resources.forbidden.clear();
  });

  afterAll(async () => {
    for (const resources of open) await resources.close();
    server.closeAllConnections();
    server.close();
  });

  return http;
}

/** A handler that responds with status 200. */
export const respondWith =
  (body: string | Uint8Array, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(200, headers).end(body);

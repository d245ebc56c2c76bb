import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

interface ProxyOptions {
  /** Path under which it serves the target. */
  readonly prefix: string;
  /** The target does not see the prefix. */
  readonly strips: boolean;
}

/** A reverse proxy in front of a server, for HTTP and WebSockets, that serves nothing outside its prefix. */
export async function startPrefixProxy(target: string, { prefix, strips }: ProxyOptions) {
  const { hostname, port } = new URL(target);
  const tunnels = new Set<Socket>();
  const sockets = new Set<Socket>();
  const forward = ({ method, url = '', headers }: IncomingMessage) => {
    const path = strips ? url.slice(prefix.length) || '/' : url;
    const upstream = request({ hostname, port, method, path, headers, agent: false });
    upstream.on('error', () => {});
    return upstream;
  };
  const isInside = ({ url = '' }: IncomingMessage) => url === prefix || url.startsWith(`${prefix}/`);
  const server = createServer((req, res) => {
    if (!isInside(req)) {
      res.writeHead(404).end('outside of the prefix');
      return;
    }
    const upstream = forward(req);
    upstream.on('response', (response) => {
      res.writeHead(response.statusCode ?? 502, response.headers);
      response.on('error', () => {}).pipe(res);
    });
    req.pipe(upstream);
    res.on('close', () => upstream.destroy());
  });
  server.on('upgrade', (req: IncomingMessage, client: Socket) => {
    client.on('error', () => {});
    if (!isInside(req)) {
      client.destroy();
      return;
    }
    const upstream = forward(req).on('upgrade', ({ rawHeaders }, socket: Socket, head) => {
      const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      client.write(head);
      socket.on('error', () => {}).on('close', () => client.destroy());
      tunnels.add(socket);
      socket.on('close', () => tunnels.delete(socket));
      client.on('close', () => socket.destroy());
      socket.pipe(client).pipe(socket);
    });
    upstream.on('response', () => client.destroy()).end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    /** The address of the server behind it. */
    url: `${origin}${prefix}`,
    /** Cuts each open WebSocket once nothing has come from the server for so long, as a proxy with a short timeout does. */
    cutIdle(ms: number) {
      for (const socket of tunnels) socket.setTimeout(ms, () => socket.destroy());
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a sandboxed program reaches through its relay. */
export interface Egress {
  /** Path of the Unix socket on which the server listens. */
  readonly socket: string;
  close(): Promise<void>;
}

/** Listens on a Unix socket in a new folder, which only this server can enter. */
export async function listenOnSocket(server: Server): Promise<Egress> {
  const stop = closer(server);
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-egress-'));
  const socket = join(folder, 'proxy.sock');
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  // The program, perhaps another user, has only the socket mounted.
  await chmod(socket, 0o666);
  return {
    socket,
    async close() {
      stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Answers the requests of one program on a Unix socket. */
export function startGateway(gateway: RequestListener): Promise<Egress> {
  return listenOnSocket(createGatewayServer(gateway));
}

/**
 * The same for a program without a sandbox, on the loopback interface.
 * @returns the URL of the proxy, with a password that keeps other programs of this machine out
 */
export async function startLoopbackGateway(
  gateway: RequestListener,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const password = randomUUID();
  const expected = `Basic ${Buffer.from(`signalbox:${password}`).toString('base64')}`;
  const server = createGatewayServer((incoming, response) => {
    if (incoming.headers['proxy-authorization'] === expected) return gateway(incoming, response);
    response.writeHead(407, { 'proxy-authenticate': 'Basic realm="signalbox"' }).end();
  });
  const stop = closer(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const url = `http://signalbox:${password}@127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: async () => stop() };
}

function createGatewayServer(gateway: RequestListener): Server {
  // An upload may take longer than Node's default for a whole request.
  return createServer({ requestTimeout: 0 }, gateway);
}

/** @returns a function that ends the server and its connections at once, tunnels included */
function closer(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('clientError', (_, socket) => socket.destroy());
  return () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
}

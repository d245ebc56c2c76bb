import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Cuts every connection, and takes no more until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Once a client has sent this text, its connection is cut before any answer to it passes. */
  cutAfter(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Stands between a store and its database. @param host, target where the database listens */
export async function startTcpProxy(host: string, target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let trap: { readonly text: string; sprung(): void } | undefined;

  const server = createServer((client) => {
    const upstream = connect(target, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        // What the client had sent still reaches the server.
        upstream.end();
      });
    }
    client.on('data', (bytes) => {
      upstream.write(bytes);
      if (!trap || !bytes.includes(trap.text)) return;
      client.destroy();
      trap.sprung();
      trap = undefined;
    });
    upstream.on('data', (bytes) => {
      if (!client.destroyed) client.write(bytes);
    });
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    stop,
    start: () => listen(port),
    cutAfter: (text) =>
      new Promise((resolve) => {
        trap = { text, sprung: resolve };
      }),
    close: stop,
  };
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between client and server, and cuts each WebSocket when so many bytes of the server have passed. */
export async function startCuttingProxy(targetPort: number) {
  let port = targetPort;
  let cuts: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    let left = Number.POSITIVE_INFINITY;
    const target = connect(port, '127.0.0.1');
    const cut = () => {
      client.destroy();
      target.destroy();
    };
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.once('data', (head: Buffer) => {
      if (/^upgrade: *websocket/im.test(head.toString())) left = cuts.shift() ?? left;
    });
    client.pipe(target);
    target.on('data', (chunk: Buffer) => {
      if (chunk.length < left) {
        left -= chunk.length;
        client.write(chunk);
      } else {
        // What was allowed to pass still arrives: the connection ends in the middle of a frame, or of the handshake.
        client.write(chunk.subarray(0, left), cut);
        left = 0;
        target.pause();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The next WebSockets are cut after so many bytes each; those after them are not. */
    cutAfter(bytes: readonly number[]) {
      cuts = [...bytes];
    },
    /** New connections go there. */
    redirect(to: number) {
      port = to;
    },
    /** Nothing passes any more on the connections that are open, and nobody is told. */
    freeze() {
      for (const socket of sockets) socket.pause();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

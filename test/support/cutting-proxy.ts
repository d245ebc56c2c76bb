import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy between client and server that cuts each WebSocket after a number of bytes from the server. */
export async function startCuttingProxy(targetPort: number) {
  let port = targetPort;
  let cuts: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    let remaining = Number.POSITIVE_INFINITY;
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
      if (/^upgrade: *websocket/im.test(head.toString())) remaining = cuts.shift() ?? remaining;
    });
    client.pipe(target);
    target.on('data', (chunk: Buffer) => {
      if (chunk.length < remaining) {
        remaining -= chunk.length;
        client.write(chunk);
      } else {
        // The allowed bytes still arrive: the connection ends in the middle of a frame, or of the handshake.
        client.write(chunk.subarray(0, remaining), cut);
        remaining = 0;
        target.pause();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The next WebSockets are cut after these numbers of bytes; later ones are not. */
    cutAfter(bytes: readonly number[]) {
      cuts = [...bytes];
    },
    /** Sends new connections to another port. */
    redirect(to: number) {
      port = to;
    },
    /** Ends the open connections. */
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    /** Stops all traffic on the open connections without closing them. */
    freeze() {
      for (const socket of sockets) socket.pause();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

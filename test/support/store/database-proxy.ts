import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a PostgreSQL server: counts what is asked of it, and can take it away. */
export interface DatabaseProxy extends AsyncDisposable {
  /** Of the database, through the proxy. */
  readonly url: string;
  /** Statements that the server has answered so far, on all connections, those of signing in included. */
  readonly answered: number;
  /** Cuts every connection, and takes no more. */
  goAway(): Promise<void>;
  /** Takes connections again, at the same port. */
  comeBack(): Promise<void>;
}

/** The server has done what it was asked for (postgresql.org/docs/15/protocol-message-formats.html). */
const READY_FOR_QUERY = 'Z'.charCodeAt(0);

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let answered = 0;
  let server: Server | undefined;

  const serve = (client: Socket) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .setNoDelay()
        .on('error', cut)
        .on('close', () => {
          sockets.delete(socket);
          cut();
        });
    }
    const count = messageCounter(READY_FOR_QUERY);
    upstream.on('data', (chunk: Buffer) => {
      answered += count(chunk);
    });
    client.pipe(upstream);
    upstream.pipe(client);
  };
  const listen = async (port: number) => {
    server = createServer(serve).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const goAway = async () => {
    const closing = server && once(server, 'close');
    server?.close();
    server = undefined;
    for (const socket of sockets) socket.destroy();
    await closing;
  };

  const port = await listen(0);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    get answered() {
      return answered;
    },
    goAway,
    comeBack: async () => void (await listen(port)),
    [Symbol.asyncDispose]: goAway,
  };
}

/** Counts the messages of a type in a stream of them: each is a byte that tells the type, and a length that counts itself. */
function messageCounter(type: number): (chunk: Buffer) => number {
  let head = Buffer.alloc(0);
  let left = 0;
  return (chunk) => {
    let found = 0;
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const skipped = Math.min(left, chunk.length - at);
        left -= skipped;
        at += skipped;
        continue;
      }
      const taken = Math.min(5 - head.length, chunk.length - at);
      head = Buffer.concat([head, chunk.subarray(at, at + taken)]);
      at += taken;
      if (head.length < 5) continue;
      if (head[0] === type) found += 1;
      left = head.readUInt32BE(1) - 4;
      head = Buffer.alloc(0);
    }
    return found;
  };
}

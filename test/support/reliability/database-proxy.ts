import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of a PostgreSQL server: counts its answers, and can make it unreachable. */
export interface DatabaseProxy extends AsyncDisposable {
  /** URL of the database through the proxy. */
  readonly url: string;
  /** Statements that the server has answered so far, on all connections, including those of signing in. */
  readonly answered: number;
  /** Cuts every connection, and accepts no new one. */
  goAway(): Promise<void>;
  /** Accepts connections again, on the same port. */
  comeBack(): Promise<void>;
  /** Once a client has sent this text, its connection is cut before it gets an answer; what it has sent reaches the server. */
  cutAfter(text: string): Promise<void>;
}

/** ReadyForQuery: the server has answered a request (postgresql.org/docs/15/protocol-message-formats.html). */
const READY_FOR_QUERY = 'Z'.charCodeAt(0);

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let answered = 0;
  let server: Server | undefined;
  let trap: { readonly text: string; onCut(): void } | undefined;

  const serve = (client: Socket) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const close = () => {
      client.destroy();
      // Not destroyed: what the client has sent still reaches the server.
      upstream.end();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .setNoDelay()
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          close();
        });
    }
    const count = messageCounter(READY_FOR_QUERY);
    upstream.on('data', (chunk: Buffer) => {
      answered += count(chunk);
      if (!client.destroyed) client.write(chunk);
    });
    client.on('data', (chunk: Buffer) => {
      upstream.write(chunk);
      if (!trap || !chunk.includes(trap.text)) return;
      client.destroy();
      trap.onCut();
      trap = undefined;
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
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
    cutAfter: (text) =>
      new Promise((resolve) => {
        trap = { text, onCut: resolve };
      }),
    [Symbol.asyncDispose]: goAway,
  };
}

/** Counts the messages of one type in a stream: each message is a byte for its type, and a length that includes itself. */
function messageCounter(type: number): (chunk: Buffer) => number {
  let head = Buffer.alloc(0);
  let left = 0;
  return (chunk) => {
    let messages = 0;
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const skipped = Math.min(left, chunk.length - at);
        left -= skipped;
        at += skipped;
        continue;
      }
      const length = Math.min(5 - head.length, chunk.length - at);
      head = Buffer.concat([head, chunk.subarray(at, at + length)]);
      at += length;
      if (head.length < 5) continue;
      if (head[0] === type) messages += 1;
      left = head.readUInt32BE(1) - 4;
      head = Buffer.alloc(0);
    }
    return messages;
  };
}

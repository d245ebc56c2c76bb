import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server that the server under test reads from. */
export interface WebServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`, as in ALLOWED_PRIVATE_HOSTS. */
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Host header and path of every request so far, in order. */
  readonly hits: readonly string[];
  close(): Promise<void>;
}

export async function startWebServer(serve: (req: IncomingMessage, res: ServerResponse) => void): Promise<WebServer> {
  const hits: string[] = [];
  const server = createServer((req, res) => {
    hits.push(`${req.headers.host}${req.url}`);
    res.on('error', () => {});
    serve(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { host, port, url: `http://${host}`, hits, close, [Symbol.asyncDispose]: close };
}

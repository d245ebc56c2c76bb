import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProviderRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
}

export interface ProviderAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Instead of the answer: another one, nothing at all, or a line that breaks. */
export type ProviderTrouble = ProviderAnswer | 'silence' | 'break';

/** A server on a true socket that plays a provider of searches, and may be made to fail. */
export async function providerForTests(answer: (request: ProviderRequest) => ProviderAnswer) {
  const seen: ProviderRequest[] = [];
  const times: number[] = [];
  const troubles: ProviderTrouble[] = [];
  const serve = (req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? '', `http://${req.headers.host}`);
    const request = { method: req.method ?? '', url, headers: req.headers };
    seen.push(request);
    times.push(performance.now());
    const trouble = troubles.shift();
    if (trouble === 'break') return void req.socket.destroy();
    if (trouble === 'silence') return;
    const { status, headers, body } = trouble ?? answer(request);
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ host, seen, times, troubles },
    url: `http://${host}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export type ProviderForTests = Awaited<ReturnType<typeof providerForTests>>;

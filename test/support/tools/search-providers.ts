import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
}

interface ProviderResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Replaces the response: another one, none, or a broken connection. */
type InjectedFailure = ProviderResponse | 'silence' | 'break';

/** A fake search provider on a real socket that can be made to fail. */
async function startFakeProvider(answer: (request: ReceivedRequest) => ProviderResponse) {
  const seen: ReceivedRequest[] = [];
  const times: number[] = [];
  const troubles: InjectedFailure[] = [];
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

export type FakeProvider = Awaited<ReturnType<typeof startFakeProvider>>;

/** A fake SearXNG below a path, whose settings allow JSON; its results repeat the query. */
export function startFakeSearxng(path: string): Promise<FakeProvider> {
  return startFakeProvider(({ method, url }) => {
    const query = url.searchParams.get('q') ?? '';
    if (method !== 'GET' || url.pathname !== `${path}/search` || query === '') return { status: 400, body: '' };
    if (url.searchParams.get('format') !== 'json') return { status: 200, body: '<!doctype html>' };
    const result = (n: number) => ({
      url: `https://example.org/${n}`,
      title: `${query} ${n}`,
      content: `All  about\n${query}`,
      engine: 'duckduckgo',
      score: 1 / n,
    });
    const results = Array.from({ length: 20 }, (_, at) => result(at + 1));
    return {
      status: 200,
      body: JSON.stringify({ query, number_of_results: 20, results, answers: [], suggestions: [] }),
    };
  });
}

/** A fake of Brave's Web Search API: checks key and limits, and answers in its format. */
export function startFakeBrave(key: string): Promise<FakeProvider> {
  const error = (status: number, code: string) => ({
    status,
    body: JSON.stringify({ type: 'ErrorResponse', error: { id: 'x', status, code, detail: 'No.' } }),
  });
  return startFakeProvider(({ url, headers }) => {
    if (headers['x-subscription-token'] !== key) return error(422, 'SUBSCRIPTION_TOKEN_INVALID');
    const query = url.searchParams.get('q') ?? '';
    const count = Number(url.searchParams.get('count'));
    const fits = query.length <= 400 && query.split(' ').length <= 50 && count >= 1 && count <= 20;
    if (url.pathname !== '/res/v1/web/search' || query === '' || !fits) return error(422, 'VALIDATION');
    const results = Array.from({ length: count }, (_, n) => ({
      type: 'search_result',
      url: `https://example.com/${n}`,
      title: `Result ${n} &amp; more`,
      description: `On <strong>${query}</strong> &lt;here&gt;`,
    }));
    return {
      status: 200,
      body: JSON.stringify({ type: 'search', query: { original: query }, web: { type: 'search', results } }),
    };
  });
}

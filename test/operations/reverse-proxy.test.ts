import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPrefixProxy } from '../support/prefix-proxy.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { openSocket, type ReceivedEvent } from '../support/socket.ts';
import { until } from '../support/until.ts';

const PREFIX = '/tools/signalbox';
const FETCH = `mutation { fetch(input: { source: { uri: "data:,proxied" } }) {
  ... on CommandOutcome { run { id } resource { url } }
} }`;
const WATCH =
  'subscription ($after: Cursor) { events(after: $after) { cursor events { cursor runId seq type hash } } }';
const INITIALIZE = {
  ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

let server: Server;
let token: string;
beforeAll(async () => {
  server = await startServer({ env: { BASE_PATH: PREFIX } });
  token = await tokenFor('admin', { roles: ['admin'] });
});
afterAll(() => server?.stop('SIGKILL'));

describe.each([
  ['removes its prefix', true],
  ['leaves its prefix', false],
])('behind a proxy that %s', (_, strips) => {
  let proxy: Awaited<ReturnType<typeof startPrefixProxy>>;
  beforeAll(async () => {
    proxy = await startPrefixProxy(server.url, { prefix: PREFIX, strips });
  });
  afterAll(() => proxy?.[Symbol.asyncDispose]());

  const authorization = () => ({ authorization: `Bearer ${token}` });
  const run = async () => {
    const headers = { ...authorization(), 'content-type': 'application/json' };
    const response = await fetch(`${proxy.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: FETCH }),
    });
    const { data } = (await response.json()) as {
      data: { fetch: { run: { id: string }; resource: { url: string } } };
    };
    return data.fetch;
  };

  it('a link to an artifact leads to its bytes', async () => {
    const { resource } = await run();
    expect(resource.url).toMatch(new RegExp(`^${PREFIX}/artifacts/[0-9a-f]{64}$`));
    const response = await fetch(new URL(resource.url, proxy.origin), { headers: authorization() });
    expect([response.status, await response.text()]).toEqual([200, 'proxied']);
  });

  it('the location of an upload leads to its bytes', async () => {
    const headers = { ...authorization(), 'content-type': 'text/plain' };
    const stored = await fetch(`${proxy.url}/artifacts?name=a.txt`, { method: 'POST', headers, body: 'sent' });
    const location = stored.headers.get('location') ?? '';
    const { url } = (await stored.json()) as { url: string };
    expect([stored.status, url]).toEqual([201, location]);
    const response = await fetch(new URL(location, proxy.origin), { headers: authorization() });
    expect(await response.text()).toBe('sent');
  });

  it.each([
    ['the dashboard', '/', /(?:src|href)="([^"]*\/assets\/[^"]*)"/g],
    ['GraphiQL', '/graphql', /(?:src|href)="([^"]*asset=[^"]*)"/g],
  ])('every file of %s is served', async (_, path, pattern) => {
    const response = await fetch(`${proxy.url}${path}`, { headers: { accept: 'text/html' } });
    expect(response.url).toBe(`${proxy.url}${path}`);
    const html = await response.text();
    const urls = [...html.matchAll(pattern)].map(([, url]) => url ?? '');
    expect(urls.length).toBeGreaterThanOrEqual(3);
    for (const url of urls) {
      const file = await fetch(new URL(url, response.url));
      expect([url, file.status]).toEqual([url, 200]);
      await file.arrayBuffer();
    }
  });

  it('MCP clients begin a session', async () => {
    const headers = {
      ...authorization(),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const response = await fetch(`${proxy.url}/mcp`, { method: 'POST', headers, body: JSON.stringify(INITIALIZE) });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"serverInfo"')]);
  });

  it('a subscription continues where the proxy cut it, with every event once', async () => {
    const seen: ReceivedEvent[] = [];
    const runIds: string[] = [];
    let after: string | undefined;
    for (let round = 0; round < 3; round += 1) {
      await using socket = await openSocket(proxy, token);
      const watched = socket.watch(WATCH, { after });
      await until('it stands', () => watched.cursor);
      runIds.push((await run()).run.id);
      const isHere = (id: string) => [...seen, ...watched.events].filter(({ runId }) => runId === id).length >= 4;
      await until('the events are here, also those from between two connections', () => runIds.every(isHere));
      seen.push(...watched.events);
      after = watched.cursor;
      proxy.cutIdle(50);
      await socket.closed;
      runIds.push((await run()).run.id);
    }
    expect(new Set(seen.map(({ hash }) => hash)).size).toBe(seen.length);
  });
});

describe('a base path', () => {
  it('does not hide the server from clients that reach it directly, and matches whole names only', async () => {
    expect((await server.fetch('/health')).status).toBe(200);
    expect((await server.fetch(`${PREFIX}/health`)).status).toBe(200);
    expect((await server.fetch(`${PREFIX}x/health`)).status).toBe(404);
  });
});

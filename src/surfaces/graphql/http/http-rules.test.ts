import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startGraphql, type TestGraphqlServer } from '../../../../test/support/surfaces/graphql-server.ts';
import { connectRaw } from '../../../../test/support/surfaces/http-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

const JSON_HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN}` };
const QUERY = '{ viewer { username } }';
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(api.url, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body });
const get = (params: string, init: RequestInit = {}) => fetch(`${api.url}?${params}`, init);
const firstError = async (response: Response) => (await response.json()).errors[0];

describe('a request', () => {
  it('may have members of a future protocol, which are ignored', async () => {
    const response = await post(JSON.stringify({ query: QUERY, onError: 'NULL', cache: true }));
    expect(await response.json()).toEqual({ data: { viewer: { username: 'admin' } } });
  });

  it.each([
    ['a body', () => post(Buffer.from(JSON.stringify({ query: '{ a: viewer { username } } # café' }), 'latin1'))],
    [
      'a query string',
      () => get(`query=${encodeURIComponent('{ viewer { username } } #')}%E9`, { headers: JSON_HEADERS }),
    ],
  ])('is refused, not altered, when %s is not UTF-8', async (_, send) => {
    const response = await send();
    expect(response.status).toBe(400);
    expect((await firstError(response)).message).toContain('not UTF-8');
  });

  it.each([
    { 'content-type': 'application/json; charset=iso-8859-1' },
    { 'content-type': 'text/plain' },
    { 'content-encoding': 'gzip' },
  ])('whose body is %o is refused with 415', async (headers) => {
    expect((await post(JSON.stringify({ query: QUERY }), headers as Record<string, string>)).status).toBe(415);
  });

  it('by hash alone is told that this server has no persisted queries', async () => {
    const response = await post(
      JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } }),
    );
    expect((await firstError(response)).message).toBe('PersistedQueryNotSupported');
  });

  it('may be a GET with a bearer token, but not with credentials that browsers add to requests of other sites', async () => {
    const params = `query=${encodeURIComponent(QUERY)}&variables=&operationName=`;
    const bearer = await get(params, { headers: { authorization: `Bearer ${ADMIN}` } });
    expect(await bearer.json()).toEqual({ data: { viewer: { username: 'admin' } } });
    expect((await get(params, { headers: { authorization: 'Basic YTpi' } })).status).toBe(400);
  });

  it('is a HEAD wherever it may be a GET', async () => {
    const params = `query=${encodeURIComponent(QUERY)}`;
    const head = await get(params, { method: 'HEAD', headers: JSON_HEADERS });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(await head.text()).toBe('');
    const stream = `query=${encodeURIComponent('subscription { events { cursor } }')}`;
    expect((await get(stream, { method: 'HEAD', headers: JSON_HEADERS })).status).toBe(406);
  });

  it('is not told to continue when its body is too large', async () => {
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n`;
    const { port } = new URL(api.url);
    const large = connectRaw(Number(port), `${head}Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n`);
    await expect.poll(() => large.received()).toMatch(/^HTTP\/1\.1 413 /);
    large.socket.destroy();
    const body = JSON.stringify({ query: '{ __typename }' });
    const small = connectRaw(Number(port), `${head}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`);
    await expect.poll(() => small.received()).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
    small.socket.write(body);
    expect(await small.closed).toContain('{"data":{"__typename":"Query"}}');
  });
});

describe('a response', () => {
  it('is a 406 when the client accepts no media type of it, and nothing runs', async () => {
    const mutation = 'mutation { convertToJson(input: { source: { uri: "data:text/csv,a%0A1" } }) { __typename } }';
    const runs = async () => (await api.ask('{ runs { totalCount } }')).data.runs.totalCount;
    const before = await runs();
    for (const accept of ['text/html', 'multipart/mixed', 'application/json;q=0'])
      expect((await post(JSON.stringify({ query: mutation }), { accept })).status).toBe(406);
    expect(await runs()).toBe(before);
    const params = `query=${encodeURIComponent(QUERY)}`;
    expect((await get(params, { headers: { ...JSON_HEADERS, accept: 'image/png' } })).status).toBe(406);
  });

  it.each(['{ viewer { username } }', '{ nothing }', '{ viewer', 'query ($x: Int!) { __typename }'])(
    'to %s is `next` and `complete` when the client prefers an event stream',
    async (query) => {
      const response = await post(JSON.stringify({ query }), { accept: 'text/event-stream, application/json;q=0.9' });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
      expect(response.headers.get('content-encoding')).toBeNull();
      expect(await response.text()).toMatch(/^:\n\nevent: next\ndata: \{.+\}\n\nevent: complete\ndata:\n\n$/);
    },
  );

  it('to a request that cannot be read is JSON with the status of the failure, also for an event stream', async () => {
    const accept = 'text/event-stream';
    const responses = [await post('{', { accept }), await post('{"query": 1}', { accept })];
    expect(responses.map(({ status }) => status)).toEqual([400, 422]);
    for (const response of responses) expect(response.headers.get('content-type')).toContain('application/json');
  });

  it('follows the weights of Accept also between JSON and GraphiQL', async () => {
    const page = await fetch(api.url, { headers: { accept: 'text/html, */*;q=0.8' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    const params = `query=${encodeURIComponent(QUERY)}`;
    const json = await get(params, { headers: { ...JSON_HEADERS, accept: 'application/json, text/html;q=0.5' } });
    expect(json.headers.get('content-type')).toContain('application/json');
    for (const response of [page, json]) await response.text();
  });

  it.each(['br', 'gzip'])('of more than 1 KiB is compressed with %s when it is that of a query', async (encoding) => {
    const query = '{ __schema { types { name description } } }';
    const headers = { ...JSON_HEADERS, 'accept-encoding': encoding };
    const responses = [
      await fetch(api.url, { method: 'POST', headers, body: JSON.stringify({ query }) }),
      await get(`query=${encodeURIComponent(query)}`, { headers }),
    ];
    const bodies = await Promise.all(responses.map((response) => response.json()));
    expect(responses.map((response) => response.headers.get('content-encoding'))).toEqual([encoding, encoding]);
    expect(bodies[0].data.__schema.types.length).toBeGreaterThan(100);
    expect(bodies[1]).toEqual(bodies[0]);
  });

  it('of a mutation is never compressed, because it may hold a secret', async () => {
    const text = 'x'.repeat(5_000);
    const query =
      'mutation ($t: String!) { convertToBase64(input: { source: { text: { text: $t } } }) { ... on CommandOutcome { resource { text } } } }';
    const response = await post(JSON.stringify({ query, variables: { t: text } }), { 'accept-encoding': 'br, gzip' });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect((await response.text()).length).toBeGreaterThan(5_000);
  });
});

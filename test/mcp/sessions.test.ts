import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMcp } from '../support/mcp/connect-mcp.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { until } from '../support/until.ts';

const INITIALIZE = {
  ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a test', version: '1' } },
};
const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

let server: Server;
let alice: string;
let bob: string;
beforeAll(async () => {
  server = await startServer({ env: { SIGNALBOX_PLUGINS: 'test/support/mcp/commands.ts' } });
  [alice, bob] = await Promise.all([tokenFor('alice', { roles: ['analyst'] }), tokenFor('bob', { roles: ['user'] })]);
});
afterAll(() => server.stop());

/** One POST with a body, which need not be JSON. */
const post = (body: unknown, { token = alice, session = '', ...more }: Record<string, string> = {}) =>
  server.fetch('/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session && { 'mcp-session-id': session }),
      ...more,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    token,
  });
const openSession = async (token = alice): Promise<string> => {
  const response = await post(INITIALIZE, { token });
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
};
/** Opens the stream of a session. */
const listen = (session: string, token: string) =>
  server.fetch('/mcp', { headers: { accept: 'text/event-stream', 'mcp-session-id': session }, token });
const statusOf = async (answer: Promise<Response>) => {
  const response = await answer;
  await response.text();
  return response.status;
};

describe('a session', () => {
  it('requires a valid token', async () => {
    for (const [authorization, challenge] of [
      [undefined, 'Bearer'],
      ['Bearer nonsense', 'Bearer error="invalid_token"'],
    ]) {
      const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
      const response = await server.fetch('/mcp', { method: 'POST', headers, body: JSON.stringify(INITIALIZE) });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge]);
    }
  });

  it('belongs to its principal: it does not exist for another one, or with another id', async () => {
    const session = await openSession();
    expect(await statusOf(post(PING, { session }))).toBe(200);
    expect(await statusOf(post(PING, { session, token: bob }))).toBe(404);
    expect(await statusOf(post(PING, { session: 'another' }))).toBe(404);
    const again = await tokenFor('alice', { roles: ['analyst'], expiresIn: '5m' });
    expect(await statusOf(post(PING, { session, token: again }))).toBe(200);
  });

  it('ends with DELETE, and its calls continue without it', async () => {
    const token = await tokenFor('root', { roles: ['admin'] });
    const session = await openSession(token);
    const body = {
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: { name: 'testToolWithLogging', arguments: {} },
    };
    const calling = post(body, { session, token });
    await (await calling).body?.cancel();
    const headers = { 'mcp-session-id': session };
    expect(await statusOf(server.fetch('/mcp', { method: 'DELETE', headers, token }))).toBe(200);
    expect(await statusOf(post(PING, { session, token }))).toBe(404);
    await until('its run has succeeded', async () => {
      const { data } = await server.query('{ runs(first: 1) { nodes { state } } }', {}, token);
      return data.runs.nodes[0]?.state === 'SUCCEEDED';
    });
  });

  it('has streams that end with their token, and continues with a newer one', async () => {
    let [short, session] = ['', ''];
    let listening: Response;
    let seconds = 1;
    // On a busy machine the token may expire before the client listens: then one that lives longer.
    do {
      seconds *= 2;
      short = await tokenFor('carol', { roles: ['user'], expiresIn: `${seconds}s` });
      session = await openSession(short);
      listening = await listen(session, short);
    } while (listening.status === 401);
    expect(listening.status).toBe(200);
    expect(await listening.text()).toBe('');
    expect(await statusOf(post(PING, { session, token: short }))).toBe(401);
    const fresh = await tokenFor('carol', { roles: ['user'] });
    expect(await statusOf(post(PING, { session, token: fresh }))).toBe(200);
  });

  it('is known to a node that did not begin it', async () => {
    const other = await startServer({ env: { SIGNALBOX_PLUGINS: 'test/support/mcp/commands.ts' } });
    const session = await openSession();
    const ask = { headers: { 'content-type': 'application/json', 'mcp-session-id': session }, token: alice };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const answer = await other.fetch('/mcp', { method: 'POST', body, ...ask });
    expect([answer.status, await answer.json()]).toMatchObject([200, { result: { tools: expect.any(Array) } }]);
    await other.stop();
  });

  it('opens no more than sixteen streams of a principal at once', async () => {
    const token = await tokenFor('erin', { roles: ['user'] });
    const session = await openSession(token);
    const listening: Response[] = [];
    for (let i = 0; i < 16; i++) listening.push(await listen(session, token));
    expect(listening.map(({ status }) => status)).toEqual(Array(16).fill(200));
    expect(await statusOf(listen(session, token))).toBe(429);
    await Promise.all(listening.map(({ body }) => body?.cancel()));
    await until('there is place again', async () => {
      const { status, body } = await listen(session, token);
      await body?.cancel();
      return status === 200;
    });
  });
});

describe('a request', () => {
  it('that is not MCP is refused with the reason', async () => {
    const errorOf = async (answer: Promise<Response>) => {
      const response = await answer;
      return [response.status, ((await response.json()) as { error: { code: unknown } }).error.code];
    };
    expect(await errorOf(post('{"jsonrpc": '))).toEqual([400, -32_700]);
    expect(await errorOf(post([INITIALIZE, PING]))).toEqual([400, -32_600]);
    expect(await errorOf(post(PING))).toEqual([400, -32_600]);
    expect(await errorOf(post({ hello: 1 }, { session: await openSession() }))).toEqual([400, -32_600]);
    expect(await errorOf(post({ ...PING, id: null }, { session: await openSession() }))).toEqual([400, -32_600]);
    expect(await errorOf(post(INITIALIZE, { accept: 'text/html' }))).toEqual([406, -32_000]);
    expect(await errorOf(post(INITIALIZE, { 'content-type': 'text/plain' }))).toEqual([415, -32_000]);
    expect(await errorOf(post('x'.repeat(4 * 2 ** 20 + 1)))).toEqual([413, 'RESOURCE_TOO_LARGE']);
    expect(await statusOf(server.fetch('/mcp', { method: 'PUT', token: alice }))).toBe(405);
  });

  it('from a page of another site is refused', async () => {
    expect(await statusOf(post(INITIALIZE, { origin: 'https://evil.example' }))).toBe(403);
    expect(await statusOf(post(INITIALIZE, { origin: server.url }))).toBe(200);
  });

  it('with an unknown method is a protocol error', async () => {
    const session = await openSession();
    const answer = await post({ jsonrpc: '2.0', id: 5, method: 'prompts/list' }, { session });
    expect(await answer.text()).toContain('"code":-32601');
  });
});

describe('invalid parameters', () => {
  it.each<[string, string, unknown]>([
    ['a call without a name', 'tools/call', {}],
    ['a call of a number', 'tools/call', { name: 7 }],
    ['arguments that are a text', 'tools/call', { name: 'web.search', arguments: 'x' }],
    ['metadata that are a text', 'tools/call', { name: 'web.search', _meta: 'x' }],
    ['a progress token that is a list', 'tools/call', { name: 'web.search', _meta: { progressToken: [] } }],
    ['a resource without a URI', 'resources/read', {}],
    ['a cursor that is a number', 'tools/list', { cursor: 7 }],
    ['an unknown level', 'logging/setLevel', { level: 'loud' }],
    ['a list', 'tools/list', [1]],
  ])('are named, as in %s', async (_, method, params) => {
    const answer = await post({ jsonrpc: '2.0', id: 5, method, params }, { session: await openSession() });
    const { id, error } = (await answer.json()) as { id: number; error: { code: number; message: string } };
    expect([id, error.code]).toEqual([5, -32_602]);
    expect(error.message).toMatch(/must|missing/);
    expect(error.message).not.toMatch(/expected|received|invalid_type/i);
  });

  it('are not those that are null: null means absent', async () => {
    const session = await openSession();
    const of = async (method: string, params: unknown) =>
      (await post({ jsonrpc: '2.0', id: 5, method, params }, { session })).json();
    expect(await of('tools/list', null)).toMatchObject({ result: { tools: expect.any(Array) } });
    expect(await of('tools/list', { cursor: null })).toMatchObject({ result: { tools: expect.any(Array) } });
    expect(await of('tools/call', { name: 'web.search', arguments: null, _meta: null })).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringMatching(/^BAD_INPUT/) }] },
    });
  });
});

describe('a batch', () => {
  it('is taken by the only version that has them', async () => {
    const open = async (protocolVersion: string) => {
      const response = await post({ ...INITIALIZE, params: { ...INITIALIZE.params, protocolVersion } });
      await response.text();
      return response.headers.get('mcp-session-id') ?? '';
    };
    const batch = [PING, { jsonrpc: '2.0', method: 'notifications/initialized' }, { ...PING, id: 'two', method: 'no' }];
    const session = await open('2025-03-26');
    expect(await (await post(batch, { session })).json()).toMatchObject([
      { id: 1, result: {} },
      { id: 'two', error: { code: -32_601 } },
    ]);
    expect(await statusOf(post([batch[1]], { session }))).toBe(202);
    expect(await statusOf(post([], { session }))).toBe(400);
    expect(await statusOf(post(batch, { session: await open('2025-06-18') }))).toBe(400);
  });
});

describe('a server that stops', () => {
  it('disconnects listeners, and does not wait for them', async () => {
    const stopping = await startServer();
    const client = await connectMcp(stopping, alice);
    await client.ping();
    expect(await stopping.stop()).toBe(0);
    await client.close();
  });
});

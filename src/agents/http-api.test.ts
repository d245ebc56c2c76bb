import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestAgent, createTestOutgoing } from '../../test/support/agents/agent.ts';
import { createTestSession, type TestSession } from '../../test/support/agents/agent-session.ts';
import { type HttpApiDeps, httpApi } from './http-api.ts';

let handler: RequestListener = () => {};
let server: Server;
let url: string;
let deps: HttpApiDeps & ReturnType<typeof createTestOutgoing>;
let seen: { request: IncomingMessage; body: unknown } | undefined;
let open = 0;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    seen = { request, body: request.method === 'GET' ? undefined : await json(request) };
    handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = `http://${endpoint}/agent?v=1`;
  deps = createTestOutgoing(endpoint);
});

afterAll(async () => {
  await deps.outgoing.close();
  server.closeAllConnections();
  server.close();
});

type Config = Parameters<ReturnType<typeof httpApi>['run']>[0]['config'];

const run = (config: Partial<Config> = {}, session: TestSession = createTestSession()) =>
  httpApi(deps).run(createTestAgent({ url, ...config }, { context: { n: 1 }, memory: 'old' }), session);

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

describe('an agent behind HTTP', () => {
  it('receives its task, and its response is the output', async () => {
    handler = (_, response) => response.writeHead(201, { 'content-type': 'Text/CSV; charset=utf-8' }).end('a,b');
    const made = await run();
    expect([made.mediaType, String(made.content)]).toEqual(['text/csv;charset=utf-8', 'a,b']);
    expect(seen?.request).toMatchObject({ method: 'POST', url: '/agent?v=1' });
    expect(seen?.request.headers['content-type']).toBe('application/json');
    expect(seen?.body).toEqual({ role: 'You are terse.', goal: 'Say it.', context: { n: 1 }, memory: 'old' });
  });

  it('receives no body with GET, and may answer without one', async () => {
    handler = (_, response) => response.writeHead(204).end();
    const made = await run({ method: 'GET' });
    expect([made.mediaType, String(made.content)]).toEqual(['application/octet-stream', '']);
    expect(seen?.request.method).toBe('GET');
  });

  it('receives secrets only where the policy allows it, and messages do not repeat them', async () => {
    handler = (request, response) => response.writeHead(401).end(`not ${request.headers.authorization}`);
    const session = createTestSession({ secrets: { KEY: 's3cret' } });
    const headers = { Authorization: 'Bearer secret:KEY' };
    await expect(run({ headers }, session)).rejects.toEqual(fault('FORBIDDEN', /not Bearer \[secret\]/));
    expect(seen?.request.headers.authorization).toBe('Bearer s3cret');
    expect(session.authorized).toEqual([`secret:KEY ${url}`]);
    await expect(run({ headers: { Authorization: 'secret:OTHER' } }, session)).rejects.toEqual(fault('NOT_FOUND'));
  });

  it('requires access to its canonical URI', () => {
    const [access] = httpApi(deps).requiredAccess({ url: 'HTTPS://Agent.example:443/x/../y' });
    expect(access).toMatchObject({ action: 'agent:http_api', uri: { href: 'https://agent.example/y' } });
    expect(() => httpApi(deps).requiredAccess({ url: 'data:,x' })).toThrow(/http or https/);
  });

  it.each([
    [400, 'BAD_INPUT'],
    [404, 'NOT_FOUND'],
    [429, 'THROTTLED'],
    [500, 'UNAVAILABLE'],
    [302, 'RESOURCE_UNREACHABLE'],
  ])('that answers %i fails with %s', async (status, code) => {
    handler = (_, response) => response.writeHead(status, { 'retry-after': '3', location: '/' }).end('why');
    const failed = run();
    await expect(failed).rejects.toEqual(fault(code, status === 302 ? /redirects/ : /It says: why/));
    if (status === 429) await expect(failed).rejects.toMatchObject({ retryAfterMs: 3_000 });
  });

  it('fails when it sends too much, breaks off or is unreachable', async () => {
    handler = (_, response) => response.end(Buffer.alloc(10 * 2 ** 20 + 1));
    await expect(run()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    handler = (request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('x');
      setTimeout(() => request.socket.destroy(), 20);
    };
    await expect(run()).rejects.toEqual(fault('RESOURCE_UNREACHABLE'));
    await expect(run({ url: 'http://127.0.0.1:1/' })).rejects.toEqual(fault('FORBIDDEN', /not public/));
  });

  it('is disconnected after the time limit, even while it sends', async () => {
    handler = (_, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(timer));
    };
    await expect(run({ timeoutMs: 200 })).rejects.toEqual(fault('TIMEOUT', /200 ms/));
  });

  it('is disconnected when the step is cancelled', async () => {
    for (const speaks of [false, true]) {
      const session = createTestSession();
      handler = (_, response) => {
        if (speaks) response.write('so');
        session.stop.abort();
      };
      await expect(run({}, session)).rejects.toEqual(fault('CANCELLED'));
    }
    while (open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

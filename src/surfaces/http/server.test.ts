import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRaw,
  eventually,
  startHttpServer,
  type TestHttpServer,
} from '../../../test/support/surfaces/http-server.ts';
import { createSecret } from '../../config/secrets.ts';
import { Fault } from '../../core/errors.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

/** An answer to a request with headers that fetch would not send. */
function ask(url: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    request(url, { method, headers, agent: false }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    })
      .on('error', reject)
      .end();
  });
}

describe('routes', () => {
  it('hand /graphql on, with address and trace of the caller', async () => {
    const traceId = 'ab'.repeat(16);
    const headers = { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`, 'x-forwarded-for': '1.2.3.4' };
    const response = await fetch(`${server.url}/graphql?x=1`, { method: 'POST', body: '{}', headers });
    expect(await response.json()).toEqual({ url: '/graphql?x=1', address: '127.0.0.1', traceId });
  });

  it.each([
    '',
    '00-zz-x-01',
    `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`,
    `ff-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
  ])('make a trace id where "%s" names none', async (traceparent) => {
    const response = await fetch(`${server.url}/graphql`, { headers: { traceparent } });
    const { traceId } = (await response.json()) as { traceId: string };
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId).not.toMatch(/^0+$|^(ab)+$/);
  });

  it('lead from / to GraphiQL, where there is one', async () => {
    const response = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql']);
    const closed = await startHttpServer({ server: { graphiql: false } });
    expect((await fetch(`${closed.url}/`, { redirect: 'manual' })).status).toBe(404);
    await closed.stop();
  });

  it.each(['/nothing', '/graphql/', '//graphql', '/health/x', '/GRAPHQL'])('tell at %s what there is', async (path) => {
    const { status, text } = await ask(`${server.url}${path}`, {});
    expect(status).toBe(404);
    expect(JSON.parse(text).error).toEqual({
      code: 'NOT_FOUND',
      message: expect.stringContaining('GET|HEAD /artifacts/:digest'),
    });
  });

  it('tell with which methods they can be asked', async () => {
    for (const [path, allow] of [
      ['/health', 'GET, HEAD'],
      ['/artifacts', 'POST'],
      ['/', 'GET, HEAD'],
    ] as const) {
      const response = await fetch(`${server.url}${path}`, { method: 'DELETE' });
      expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
      expect(await response.json()).toMatchObject({ error: { message: `Ask with ${allow}.` } });
    }
  });

  it('answer an unexpected failure with a reference and nothing more', async () => {
    const failing = await startHttpServer({
      graphql: () => {
        throw new Error('s3cret detail');
      },
    });
    const response = await fetch(`${failing.url}/graphql`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('s3cret');
    const fields = failing.logs.find((line) => line.event === 'http.failed')?.fields;
    expect(fields).toMatchObject({ error: { message: 's3cret detail' } });
    expect(JSON.parse(text).error).toEqual({
      code: 'INTERNAL',
      message: expect.stringContaining(String(fields?.traceId)),
    });
    await failing.stop();
  });

  it('count each request by its pattern', async () => {
    const local = await startHttpServer();
    await fetch(`${local.url}/artifacts/${'a'.repeat(64)}`);
    await fetch(`${local.url}/unknown/path`, { method: 'PROPFIND' });
    await fetch(`${local.url}/health`);
    await eventually(() => local.requests.length === 3, 'three are counted');
    expect(local.requests).toEqual([
      { route: '/artifacts/:digest', method: 'GET', status: 401 },
      { route: 'other', method: 'OTHER', status: 404 },
      { route: '/health', method: 'GET', status: 200 },
    ]);
    await local.stop();
  });
});

describe('headers', () => {
  it.each(['/graphql', '/health', '/metrics', '/artifacts', '/schemas/workflow.json', '/nothing', '/'])(
    'of %s are safe',
    async (path) => {
      const { headers } = await ask(`${server.url}${path}`, {});
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers['content-security-policy']).not.toContain('unsafe-inline');
      expect(headers).not.toHaveProperty('x-powered-by');
    },
  );

  it('let GraphiQL run its own scripts, and nobody else', async () => {
    const page = { accept: 'text/html,*/*' };
    const policyOf = async (url: string) => (await ask(url, page)).headers['content-security-policy'];
    expect(await policyOf(`${server.url}/graphql`)).toContain("script-src 'unsafe-inline'");
    expect(await policyOf(`${server.url}/health`)).not.toContain('unsafe-inline');
    const closed = await startHttpServer({ server: { graphiql: false } });
    expect(await policyOf(`${closed.url}/graphql`)).not.toContain('unsafe-inline');
    await closed.stop();
  });

  it('let pages of CORS_ORIGINS in, and no others', async () => {
    const preflight = (origin: string) =>
      ask(
        `${server.url}/artifacts`,
        { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
        'OPTIONS',
      );
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization',
      vary: 'Origin',
    });
    for (const origin of ['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example']) {
      const { headers } = await preflight(origin);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const { headers } = await ask(`${server.url}/health`, { origin: 'https://app.example' });
    expect(headers['access-control-allow-origin']).toBe('https://app.example');
  });
});

describe('the client address', () => {
  const addressOf = async (url: string, forwarded: string) =>
    JSON.parse((await ask(`${url}/graphql`, { 'x-forwarded-for': forwarded })).text).address;

  it('is what a trusted proxy added last', async () => {
    const proxied = await startHttpServer({ server: { trustProxy: true } });
    expect(await addressOf(proxied.url, '6.6.6.6, 1.2.3.4')).toBe('1.2.3.4');
    expect(await addressOf(proxied.url, '::ffff:1.2.3.4')).toBe('1.2.3.4');
    expect(await addressOf(proxied.url, 'unknown')).toBe('127.0.0.1');
    await proxied.stop();
  });

  it('is the peer where no proxy is trusted', async () => {
    expect(await addressOf(server.url, '1.2.3.4')).toBe('127.0.0.1');
  });
});

describe('a development server', () => {
  it('answers this machine only, so that no rebound name reaches it', async () => {
    const local = await startHttpServer({}, {}, 'development');
    for (const host of ['localhost', `localhost:${local.port}`, '127.0.0.1', '[::1]:80', 'app.localhost'])
      expect((await ask(`${local.url}/health`, { host })).status).toBe(200);
    for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1', 'localhost@evil.example', 'a b']) {
      const { status, text } = await ask(`${local.url}/health`, { host });
      expect([status, JSON.parse(text).error.code]).toEqual([403, 'FORBIDDEN']);
    }
    const upgrade = 'GET /graphql HTTP/1.1\r\nHost: evil.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await connectRaw(local.port, upgrade).closed).toMatch(/^HTTP\/1\.1 403 /);
    await local.stop();
  });
});

describe('/health', () => {
  it.each([
    ['OK', 200],
    ['DEGRADED', 200],
    ['DOWN', 503],
  ] as const)('of %s is %i', async (status, code) => {
    const local = await startHttpServer({ health: async () => ({ status, version: '1', uptimeMs: 1, checks: [] }) });
    const response = await fetch(`${local.url}/health`);
    expect(response.status).toBe(code);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ status, version: '1', uptimeMs: 1, checks: [] });
    expect((await fetch(`${local.url}/health`, { method: 'HEAD' })).status).toBe(code);
    await local.stop();
  });

  it('does not wait for a check that hangs', async () => {
    const local = await startHttpServer({ health: () => new Promise(() => {}) }, { healthTimeoutMs: 50 });
    const response = await fetch(`${local.url}/health`);
    expect([response.status, await response.json()]).toMatchObject([503, { error: { code: 'UNAVAILABLE' } }]);
    await local.stop();
  });
});

describe('/metrics', () => {
  it('answers this machine, but nothing that a proxy passed on', async () => {
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('up 1\n');
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
      expect((await ask(`${server.url}/metrics`, { [name]: '127.0.0.1' })).status).toBe(403);
  });

  it('answers whoever has the token, where there is one, and nobody else', async () => {
    const local = await startHttpServer({ server: { metricsToken: createSecret(Buffer.from('scraper-token-1234')) } });
    const statusOf = async (authorization?: string) =>
      (await ask(`${local.url}/metrics`, authorization ? { authorization } : {})).status;
    expect(await statusOf()).toBe(401);
    expect(await statusOf('Bearer scraper-token-123')).toBe(401);
    expect(await statusOf('Bearer ')).toBe(401);
    expect(await statusOf('Bearer scraper-token-1234')).toBe(200);
    await local.stop();
  });
});

describe('a WebSocket handshake', () => {
  const handshake = (path: string, headers = '') =>
    `GET ${path} HTTP/1.1\r\nHost: signalbox.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`;
  const answerTo = async (text: string) => (await connectRaw(server.port, text).closed).split('\r\n')[0];

  it('on /graphql is handed on, from programs and from allowed origins', async () => {
    expect(await answerTo(handshake('/graphql'))).toContain(' 101 ');
    expect(await answerTo(handshake('/graphql?x=1', 'Origin: https://signalbox.example\r\n'))).toContain(' 101 ');
    expect(await answerTo(handshake('/graphql', 'Origin: https://app.example\r\n'))).toContain(' 101 ');
  });

  it('from another origin or on another path is refused', async () => {
    expect(await answerTo(handshake('/graphql', 'Origin: https://evil.example\r\n'))).toContain(' 403 ');
    expect(await answerTo(handshake('/graphql', 'Origin: null\r\n'))).toContain(' 403 ');
    expect(await answerTo(handshake('/other'))).toContain(' 404 ');
  });

  it('for another protocol is served as the plain request that it is', async () => {
    const h2c = 'GET /health HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n';
    expect(await answerTo(h2c)).toContain(' 200 ');
  });

  it('that the handler fails on is answered, and the process goes on', async () => {
    const failing = await startHttpServer({
      upgrade: () => {
        throw new Error('a bug');
      },
    });
    expect(await connectRaw(failing.port, handshake('/graphql')).closed).toMatch(/^HTTP\/1\.1 500 .*reference/s);
    expect((await fetch(`${failing.url}/health`)).status).toBe(200);
    await failing.stop();
  });

  it('that is reset at once does not end the process', async () => {
    for (let i = 0; i < 5; i++) connectRaw(server.port, handshake('/graphql')).socket.resetAndDestroy();
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});

describe('a hostile client', () => {
  it.each([
    ['is no HTTP', 'HELLO\r\n\r\n', 400, 'BAD_INPUT'],
    ['has no host', 'GET /health HTTP/1.1\r\n\r\n', 400, undefined],
    [
      'has two lengths',
      'POST /graphql HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
      400,
      'BAD_INPUT',
    ],
    [
      'smuggles',
      'POST /graphql HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET',
      400,
      'BAD_INPUT',
    ],
    ['has huge headers', `GET /health HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'BAD_INPUT'],
  ])('whose request %s is refused and cut off', async (_, text, status, code) => {
    const answer = await connectRaw(server.port, text).closed;
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (code) expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).error.code).toBe(code);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  it('that sends its headers slowly is cut off', async () => {
    const slow = await startHttpServer({}, { headersTimeoutMs: 300, requestTimeoutMs: 600 });
    const { socket, closed } = connectRaw(slow.port, 'GET /health HTTP/1.1\r\nHost: h\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 50);
    expect(await closed).toMatch(/^HTTP\/1\.1 408 .*"TIMEOUT"/s);
    clearInterval(drip);
    await slow.stop();
  });

  it('that sends its body slowly is cut off', async () => {
    const slow = await startHttpServer(
      { graphql: (req) => void req.resume() },
      { headersTimeoutMs: 200, requestTimeoutMs: 400, bodyIdleTimeoutMs: 10_000 },
    );
    const { socket, closed } = connectRaw(
      slow.port,
      'POST /graphql HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n',
    );
    const drip = setInterval(() => socket.write('x'), 50);
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
    await slow.stop();
  });

  it('that sends its body after the answer does not keep its connection for ever', async () => {
    const short = await startHttpServer({}, { keepAliveTimeoutMs: 100, bodyIdleTimeoutMs: 60_000 });
    const late = connectRaw(short.port, 'POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n');
    await eventually(() => late.received().includes('NOT_FOUND'), 'the answer');
    late.socket.write('12345');
    await late.closed;
    await short.stop();
  });

  it('that stops in the middle of its body is cut off, one that waits for a long answer is not', async () => {
    const waiting = await startHttpServer(
      {
        graphql: async (req, res) => {
          for await (const _chunk of req);
          setTimeout(() => res.end('late'), 400);
        },
      },
      { bodyIdleTimeoutMs: 150 },
    );
    const half = connectRaw(waiting.port, 'POST /graphql HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf');
    expect(await half.closed).toBe('');
    const response = await fetch(`${waiting.url}/graphql`, { method: 'POST', body: 'whole' });
    expect(await response.text()).toBe('late');
    await waiting.stop();
  });
});

describe('stopping', () => {
  it('finishes what is under way, takes nothing more, and tells long answers to end', async () => {
    let finish: (() => void) | undefined;
    let told = false;
    const stopping = await startHttpServer({
      graphql: (_, res, info) => {
        info.draining.addEventListener('abort', () => {
          told = true;
        });
        finish = () => res.end('done');
      },
    });
    const idle = connectRaw(stopping.port, 'GET /health HTTP/1.1\r\nHost: h\r\n\r\n');
    await eventually(() => idle.received().includes('"OK"'), 'a connection is idle');
    const under = connectRaw(stopping.port, 'GET /graphql HTTP/1.1\r\nHost: h\r\n\r\n');
    await eventually(() => finish !== undefined, 'a request is under way');
    const before = performance.now();
    const closed = stopping.http.close(60_000);
    await idle.closed;
    expect(told).toBe(true);
    await expect(fetch(`${stopping.url}/health`)).rejects.toThrow();
    finish?.();
    const answer = await under.closed;
    expect(answer).toContain('done');
    expect(answer).toContain('Connection: close');
    await closed;
    expect(performance.now() - before).toBeLessThan(10_000);
    await stopping.stop();
  });

  it('ends an answer that had begun before, and tells probes on the same connection', async () => {
    let finish = () => {};
    const stopping = await startHttpServer({
      graphql: (_, res) => {
        res.write('begun ');
        finish = () => res.end('done');
      },
    });
    const both = 'GET /graphql HTTP/1.1\r\nHost: h\r\n\r\nGET /health HTTP/1.1\r\nHost: h\r\n\r\n';
    const stream = connectRaw(stopping.port, both);
    await eventually(() => stream.received().includes('begun'), 'the answer has begun');
    const closed = stopping.http.close(60_000);
    finish();
    expect(await stream.closed).toMatch(/begun .*done.*HTTP\/1\.1 503 .*Connection: close.*"DOWN"/s);
    await closed;
    await stopping.stop();
  });

  it('cuts off at the deadline whoever does not end', async () => {
    let upgraded = false;
    const stopping = await startHttpServer({
      graphql: (_, res) => void res.write('for ever'),
      upgrade: () => {
        upgraded = true;
      },
    });
    const stream = connectRaw(stopping.port, 'GET /graphql HTTP/1.1\r\nHost: h\r\n\r\n');
    await eventually(() => stream.received().includes('for ever'), 'a stream');
    const socket = connect(stopping.port, '127.0.0.1');
    socket.on('error', () => {});
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /graphql HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await eventually(() => upgraded, 'a WebSocket');
    await stopping.http.close(100);
    await Promise.all([stream.closed, ended]);
    await stopping.stop();
  });

  it('can be asked for twice', async () => {
    const stopping = await startHttpServer();
    await Promise.all([stopping.http.close(100), stopping.http.close(100)]);
    await stopping.stop();
  });
});

describe('listening', () => {
  it('on a port that is taken is refused with what to change', async () => {
    const second = startHttpServer({ server: { port: server.port } });
    await expect(second).rejects.toBeInstanceOf(Fault);
    await expect(second).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('Set HOST or PORT'),
    });
  });
});

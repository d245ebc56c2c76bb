import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRaw,
  eventually,
  startHttpServer,
  type TestHttpServer,
} from '../../../test/support/surfaces/http-server.ts';
import { Fault } from '../../core/errors.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

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

describe('the host of a request', () => {
  const ask = (head: string) => connectRaw(server.port, `${head}Connection: close\r\n\r\n`).closed;

  it.each([
    ['GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n'],
    ['GET /health HTTP/1.1\r\nHost: a\r\nhOST: b\r\n'],
    ['GET /health HTTP/1.1\r\nHost: a b\r\n'],
    ['GET /health HTTP/1.1\r\nHost: a/b\r\n'],
    ['GET /graphql HTTP/1.1\r\nHost: a\r\nHost: b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'],
  ])('is one and valid, otherwise the request is refused: %j', async (head) => {
    expect(await ask(head)).toMatch(/^HTTP\/1\.1 400 .*"BAD_INPUT"/s);
  });

  it.each(['a', 'a:4000', '[::1]:4000', 'a_b.example', ''])('may be %j', async (host) => {
    expect(await ask(`GET /health HTTP/1.1\r\nHost: ${host}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is that of an absolute target, whatever Host says', async () => {
    expect(await ask('GET http://localhost/health?x=1 HTTP/1.1\r\nHost: other.example\r\n')).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    expect(await ask('GET http://localhost HTTP/1.1\r\nHost: other.example\r\n')).toMatch(/^HTTP\/1\.1 302 /);
    const strict = await startHttpServer({}, {}, 'development');
    const statusFor = async (target: string, host: string) =>
      (
        await connectRaw(strict.port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`).closed
      ).slice(9, 12);
    expect(await statusFor('http://evil.example/health', 'localhost')).toBe('403');
    expect(await statusFor('http://localhost/health', 'evil.example')).toBe('200');
    await strict.stop();
  });

  it('is asked about as a whole with OPTIONS *', async () => {
    const answer = await ask('OPTIONS * HTTP/1.1\r\nHost: a\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 204 .*Allow: GET, HEAD, POST, DELETE\r\n/s);
  });
});

describe('stopping', () => {
  it('finishes active requests, accepts no more, and asks long answers to end', async () => {
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
    await eventually(() => finish !== undefined, 'a request is in progress');
    const closed = stopping.http.close(600_000);
    await idle.closed;
    expect(told).toBe(true);
    await expect(fetch(`${stopping.url}/health`)).rejects.toThrow();
    finish?.();
    const answer = await under.closed;
    expect(answer).toContain('done');
    expect(answer).toContain('Connection: close');
    await closed;
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
    const closed = stopping.http.close(600_000);
    finish();
    expect(await stream.closed).toMatch(/begun .*done.*HTTP\/1\.1 503 .*Connection: close.*"DOWN"/s);
    await closed;
    await stopping.stop();
  });

  it('cuts off at the deadline what has not ended', async () => {
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
  it('on :: serves IPv4 too', async () => {
    const dual = await startHttpServer({ server: { host: '::' } });
    expect((await fetch(`http://127.0.0.1:${dual.port}/health`)).status).toBe(200);
    if (Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1')))
      expect((await fetch(`http://[::1]:${dual.port}/health`)).status).toBe(200);
    await dual.stop();
  });

  it('on a port that is taken is refused with what to change', async () => {
    const second = startHttpServer({ server: { port: server.port } });
    await expect(second).rejects.toBeInstanceOf(Fault);
    await expect(second).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('Set HOST or PORT'),
    });
  });
});

import { createServer as createHttpServer, request, type Server } from 'node:http';
import { connect, createServer, type Server as TcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EgressProxy, startEgressProxy } from './egress-proxy.ts';

describe('the proxy of a sandbox', () => {
  let web: Server;
  let echo: TcpServer;
  let egress: EgressProxy;
  let webHost = '';
  let echoHost = '';
  let privateHost = '';
  const portOf = (server: TcpServer) => (server.address() as { port: number }).port;

  beforeAll(async () => {
    web = createHttpServer(({ method, url, headers }, response) => {
      response.writeHead(201, { 'x-made': 'yes', 'keep-alive': 'timeout=9' });
      response.end(JSON.stringify({ method, url, host: headers.host, secret: headers['proxy-authorization'] ?? null }));
    });
    echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
    for (const server of [web, echo]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    webHost = `127.0.0.1:${portOf(web)}`;
    echoHost = `127.0.0.1:${portOf(echo)}`;
    privateHost = `localhost:${portOf(web)}`;
    egress = await startEgressProxy({
      hosts: [webHost, echoHost, privateHost, 'name.invalid:80'],
      outgoing: { allowedPrivateHosts: [webHost, echoHost], headerTimeoutMs: 3_000 },
    });
  });
  afterAll(async () => {
    await egress.close();
    web.close();
    echo.close();
  });

  const ask = (url: string, method = 'GET') =>
    new Promise<{ status: number | undefined; headers: object; body: string }>((resolve, reject) => {
      const headers = { host: 'other.example', 'proxy-authorization': 'Basic c2VjcmV0' };
      request({ socketPath: egress.socket, path: url, method, headers }, async (answer) => {
        resolve({ status: answer.statusCode, headers: answer.headers, body: await text(answer) });
      })
        .once('error', reject)
        .end();
    });

  const tunnel = (to: string, data: string) =>
    new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(egress.socket, () => socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n${data}`));
      socket.on('data', (chunk) => {
        received += chunk;
        if (data !== '' && received.endsWith(data)) socket.end();
      });
      socket.once('close', () => resolve(received)).once('error', reject);
    });

  it('forwards a request to the host of its URL, without the headers for the proxy', async () => {
    const { status, headers, body } = await ask(`http://${webHost}/a?b=c`, 'DELETE');
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'x-made': 'yes' });
    expect(JSON.parse(body)).toEqual({ method: 'DELETE', url: '/a?b=c', host: webHost, secret: null });
  });

  it('opens a tunnel and counts its bytes', async () => {
    const before = egress.bytes();
    expect(await tunnel(echoHost, 'hello through')).toBe('HTTP/1.1 200 Connection Established\r\n\r\nhello through');
    await expect.poll(() => egress.bytes().received - before.received).toBe('hello through'.length);
    expect(egress.bytes().sent - before.sent).toBe('hello through'.length);
  });

  it.each([
    ['another host', 'http://example.com/'],
    ['another port', 'http://127.0.0.1:9/'],
    ['an allowed host with a private address that is not excepted', () => `http://${privateHost}/`],
  ])('rejects %s', async (_, url) => {
    const target = typeof url === 'string' ? url : url();
    expect((await ask(target)).status).toBe(403);
    expect(await tunnel(new URL(target).host || 'example.com:80', '')).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('reports unreachable hosts and invalid requests', async () => {
    expect((await ask('http://name.invalid/')).status).toBe(502);
    expect((await ask('/path')).status).toBe(400);
    expect((await ask('ftp://example.com/')).status).toBe(400);
    expect(await tunnel('no-port', '')).toMatch(/^HTTP\/1\.1 403 /);
  });
});

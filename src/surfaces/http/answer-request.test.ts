import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRaw,
  requestWithHeaders,
  startHttpServer,
  type TestHttpServer,
} from '../../../test/support/surfaces/http-server.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

describe('headers', () => {
  it.each(['/graphql', '/health', '/metrics', '/artifacts', '/schemas/workflow.json', '/nothing', '/'])(
    'of %s are safe',
    async (path) => {
      const { headers } = await requestWithHeaders(`${server.url}${path}`, {});
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
    const policyOf = async (url: string) => (await requestWithHeaders(url, page)).headers['content-security-policy'];
    expect(await policyOf(`${server.url}/graphql`)).toContain("script-src 'unsafe-inline'");
    expect(await policyOf(`${server.url}/health`)).not.toContain('unsafe-inline');
    const closed = await startHttpServer({ server: { graphiql: false } });
    expect(await policyOf(`${closed.url}/graphql`)).not.toContain('unsafe-inline');
    await closed.stop();
  });

  it('let pages of CORS_ORIGINS in, and no others', async () => {
    const preflight = (origin: string) =>
      requestWithHeaders(
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
    const { headers } = await requestWithHeaders(`${server.url}/health`, { origin: 'https://app.example' });
    expect(headers['access-control-allow-origin']).toBe('https://app.example');
  });
});

describe('the client address', () => {
  const addressOf = async (url: string, forwarded: string) =>
    JSON.parse((await requestWithHeaders(`${url}/graphql`, { 'x-forwarded-for': forwarded })).text).address;

  it('is what a trusted proxy added last', async () => {
    const proxied = await startHttpServer({ server: { trustProxy: true } });
    expect(await addressOf(proxied.url, '6.6.6.6, 1.2.3.4')).toBe('1.2.3.4');
    expect(await addressOf(proxied.url, '::ffff:1.2.3.4')).toBe('1.2.3.4');
    expect(await addressOf(proxied.url, 'unknown')).toBe('127.0.0.1');
    await proxied.stop();
  });

  it('is the same whether or not the proxy adds a port, quotes or brackets', async () => {
    const proxied = await startHttpServer({ server: { trustProxy: true } });
    for (const node of ['203.0.113.9:40001', '"203.0.113.9:1"', '[::ffff:203.0.113.9]:443', '203.0.113.9'])
      expect(await addressOf(proxied.url, `6.6.6.6:1, ${node}`)).toBe('203.0.113.9');
    for (const node of ['[2001:db8:2::9]:443', '"[2001:db8:2::9]:443"', '[2001:db8:2::9]', '2001:db8:2::9'])
      expect(await addressOf(proxied.url, node)).toBe('2001:db8:2::9');
    for (const node of ['[203.0.113.9', '203.0.113:80', '203.0.113.9:port', '[]:80', 'host:80', ''])
      expect(await addressOf(proxied.url, node)).toBe('127.0.0.1');
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
      expect((await requestWithHeaders(`${local.url}/health`, { host })).status).toBe(200);
    for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1', 'localhost@evil.example', 'a b']) {
      const { status, text } = await requestWithHeaders(`${local.url}/health`, { host });
      expect([status, JSON.parse(text).error.code]).toEqual([403, 'FORBIDDEN']);
    }
    const upgrade = 'GET /graphql HTTP/1.1\r\nHost: evil.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await connectRaw(local.port, upgrade).closed).toMatch(/^HTTP\/1\.1 403 /);
    await local.stop();
  });
});

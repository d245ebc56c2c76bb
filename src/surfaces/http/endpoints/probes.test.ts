import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  requestWithHeaders,
  startHttpServer,
  type TestHttpServer,
} from '../../../../test/support/surfaces/http-server.ts';
import { createSecret } from '../../../config/secrets.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

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
      expect((await requestWithHeaders(`${server.url}/metrics`, { [name]: '127.0.0.1' })).status).toBe(403);
  });

  it('answers only callers with the token, if one is configured', async () => {
    const local = await startHttpServer({ server: { metricsToken: createSecret(Buffer.from('scraper-token-1234')) } });
    const statusOf = async (authorization?: string) =>
      (await requestWithHeaders(`${local.url}/metrics`, authorization ? { authorization } : {})).status;
    expect(await statusOf()).toBe(401);
    expect(await statusOf('Bearer scraper-token-123')).toBe(401);
    expect(await statusOf('Bearer ')).toBe(401);
    expect(await statusOf('Bearer scraper-token-1234')).toBe(200);
    await local.stop();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  requestWithHeaders,
  startHttpServer,
  type TestHttpServer,
  TOKEN,
} from '../../../../test/support/surfaces/http-server.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

const send = async (path: string, body: string, more: Record<string, string> = {}) => {
  const headers = { authorization: `Bearer ${TOKEN}`, ...more };
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, body: await response.json() };
};

describe('a webhook', () => {
  it('answers with the id of the run', async () => {
    expect(await send('/hooks/acme/orders', '{}')).toEqual({
      status: 202,
      body: { runId: 'run of acme/orders with 2 bytes' },
    });
  });

  it('takes names of tenants that are encoded in the path', async () => {
    expect((await send('/hooks/my%20team%2Fx/orders', '{}')).body).toEqual({
      runId: 'run of my team/x/orders with 2 bytes',
    });
    expect((await send('/hooks/%E0%A4%A/orders', '{}')).body).toEqual({ runId: 'run of /orders with 2 bytes' });
  });

  it('is refused in the form of every error, and with a body over one mebibyte', async () => {
    expect(await send('/hooks/acme/orders', '{}', { authorization: 'Bearer x' })).toMatchObject({
      status: 401,
      body: { error: { code: 'UNAUTHENTICATED' } },
    });
    expect(await send('/hooks/acme/orders', 'x'.repeat(2 ** 20 + 1))).toMatchObject({
      status: 413,
      body: { error: { code: 'RESOURCE_TOO_LARGE' } },
    });
    const announced = { 'content-length': String(2 ** 30), expect: '100-continue' };
    expect((await requestWithHeaders(`${server.url}/hooks/acme/orders`, announced, 'POST')).status).toBe(413);
  });
});

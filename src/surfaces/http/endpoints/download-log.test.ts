import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, type TestHttpServer, TOKEN } from '../../../../test/support/surfaces/http-server.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

const get = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` }, ...init });

describe('the log of a run', () => {
  it('is text that a browser saves, of all steps or of one', async () => {
    const response = await get('/runs/run_1/log');
    expect([response.status, await response.text()]).toEqual([200, 'of all\nend\n']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="run_1.log"; filename*=UTF-8''run_1.log`,
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    });
    expect(await (await get('/runs/run_1/log?step=a%5B1%5D')).text()).toBe('of a[1]\nend\n');
  });

  it('of HEAD gives the headers alone', async () => {
    const response = await get('/runs/run_1/log', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('needs a token, and a run that the caller may see', async () => {
    expect((await get('/runs/run_1/log', { headers: {} })).status).toBe(401);
    const missing = await get('/runs/run_2/log');
    expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
  });
});

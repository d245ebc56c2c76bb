import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, type TestHttpServer, TOKEN } from '../../../../test/support/surfaces/http-server.ts';

const authorization = `Bearer ${TOKEN}`;

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

const ask = (headers: Record<string, string>) => fetch(`${server.url}/mcp`, { method: 'POST', headers, body: '{}' });

describe('/mcp', () => {
  it('is handed on with who asks, and with nobody it is not', async () => {
    expect(await (await ask({ authorization })).text()).toBe('ada');
    const nobody = await ask({});
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('shows pages of CORS_ORIGINS their session, and turns all others away', async () => {
    const page = await ask({ authorization, origin: 'https://app.example' });
    expect([page.status, page.headers.get('access-control-expose-headers')]).toEqual([200, 'Mcp-Session-Id']);
    expect((await ask({ authorization, origin: server.url })).status).toBe(200);
    for (const origin of ['https://evil.example', 'null'])
      expect((await ask({ authorization, origin })).status).toBe(403);
  });
});

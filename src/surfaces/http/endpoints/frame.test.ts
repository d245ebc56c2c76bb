import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, type TestHttpServer } from '../../../../test/support/surfaces/http-server.ts';

let http: TestHttpServer;
beforeAll(async () => {
  http = await startHttpServer();
});
afterAll(() => http.stop());

// test/api/frame.test.ts shows in a browser what it does.
describe('the frame for HTML of others', () => {
  it('has a policy that it cannot loosen, and may be shown by pages of this origin', async () => {
    const { status, headers } = await fetch(`${http.url}/frame.html`);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toBe(
      "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
    );
    expect(headers.get('x-frame-options')).toBeNull();
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('loads its script without an origin', async () => {
    const { headers } = await fetch(`${http.url}/frame.js`);
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const head = await fetch(`${http.url}/frame.js`, { method: 'HEAD' });
    expect([head.headers.get('content-length'), await head.text()]).toEqual([headers.get('content-length'), '']);
  });
});

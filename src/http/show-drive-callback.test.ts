import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHttpServer } from '../../test/support/surfaces/http-server.ts';

let on: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  on = await startHttpServer();
});
afterAll(() => on.stop());

it('the page that Google leads back to shows what to copy, is kept nowhere, and runs nothing', async () => {
  const answer = await fetch(`${on.url}/oauth/drive?code=4%2F0Ab%3Cscript%3E&state=sealed`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  const text = await answer.text();
  expect(text).toContain('4/0Ab&lt;script&gt;');
  expect(text).toContain('finishDriveConnection');
});

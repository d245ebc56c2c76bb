import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, type TestHttpServer } from '../../../../test/support/surfaces/http-server.ts';

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

const ask = (headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${server.url}/schemas/workflow.json`, { headers, method });

describe('the JSON Schema of workflows', () => {
  it('is given to everybody, as the file in docs has it', async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/schema+json');
    expect(await response.json()).toEqual(JSON.parse(await readFile('docs/workflow.schema.json', 'utf8')));
  });

  it('is not repeated for a client that has it', async () => {
    const { headers } = await ask();
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    const etag = headers.get('etag') ?? '';
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`]) {
      const response = await ask({ 'if-none-match': tag });
      expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await ask({ 'if-none-match': '"x"' })).status).toBe(200);
  });

  it('is compressed for a client that accepts it, with another tag for each coding', async () => {
    const tags = [];
    for (const encoding of ['identity', 'gzip', 'br']) {
      const response = await ask({ 'accept-encoding': encoding });
      expect(response.headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding);
      expect(response.headers.get('vary')).toContain('Accept-Encoding');
      expect(await response.json()).toHaveProperty('$schema');
      tags.push(response.headers.get('etag'));
    }
    expect(new Set(tags).size).toBe(3);
    expect((await ask({ 'accept-encoding': 'br', 'if-match': tags[1] as string })).status).toBe(412);
  });

  it('of HEAD is its headers alone', async () => {
    const [get, head] = [await ask(), await ask({}, 'HEAD')];
    expect(await head.text()).toBe('');
    for (const name of ['content-length', 'content-type', 'etag']) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
    expect((await ask({}, 'POST')).status).toBe(405);
  });

  it('is for pages of CORS_ORIGINS too, and of no other origin', async () => {
    const allowed = async (origin: string) => (await ask({ origin })).headers.get('access-control-allow-origin');
    expect(await allowed('https://app.example')).toBe('https://app.example');
    expect(await allowed('https://other.example')).toBeNull();
  });
});

import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  requestWithHeaders,
  startHttpServer,
  type TestHttpServer,
} from '../../../../test/support/surfaces/http-server.ts';
import { openDashboard } from '../exchange/dashboard.ts';

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(2000))})`;
const HTML = { accept: 'text/html,*/*' };

let folder: string;
let server: TestHttpServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-dashboard-'));
  await mkdir(join(folder, 'assets'));
  const files = {
    'index.html': '<meta content="%BASE%" data-nonce="%NONCE%"><script src="%BASE%/assets/main-1.js"></script>',
    'assets/main-1.js': SCRIPT,
    'assets/main-1.js.br': brotliCompressSync(SCRIPT),
    'assets/plain-1.css': 'a{}',
    'assets/gone-1.js': '',
  };
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
  const dashboard = await openDashboard(folder);
  if (!dashboard) throw new Error('The dashboard was not found.');
  server = await startHttpServer({ dashboard });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

describe('the page of the dashboard', () => {
  it.each(['/', '/runs', '/runs/run_1', '/workflows/a/edit', '/nothing'])(
    'answers a browser that asks for %s',
    async (path) => {
      const { status, headers, text } = await requestWithHeaders(`${server.url}${path}`, HTML);
      expect(status).toBe(200);
      expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
      expect(text).toContain('src="/assets/main-1.js"');
    },
  );

  it('lets only its files and the styles with its nonce in, which is another one each time', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const { headers, text } = await requestWithHeaders(`${server.url}/`, HTML);
        const [, nonce = ''] = /data-nonce="([^"]+)"/.exec(text) ?? [];
        expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}';`);
        expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|%/);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  it('is not what programs get, nor what other methods get', async () => {
    const { status, text } = await requestWithHeaders(`${server.url}/runs`, { accept: 'application/json' });
    expect(status).toBe(404);
    expect(text).toContain('NOT_FOUND');
    expect((await requestWithHeaders(`${server.url}/runs`, HTML, 'POST')).status).toBe(404);
    expect((await requestWithHeaders(`${server.url}/health`, HTML)).text).not.toContain('<meta');
    expect((await requestWithHeaders(`${server.url}/session`, HTML)).status).toBe(405);
  });

  it('names its files by the path of the proxy', async () => {
    const dashboard = await openDashboard(folder);
    const proxied = await startHttpServer({ ...(dashboard && { dashboard }), server: { basePath: '/box' } });
    const { text } = await requestWithHeaders(`${proxied.url}/box/runs`, HTML);
    expect(text).toContain('<meta content="/box"');
    expect(text).toContain('src="/box/assets/main-1.js"');
    await proxied.stop();
  });

  it('is not there when it was not built', async () => {
    expect(await openDashboard(join(folder, 'nothing'))).toBeUndefined();
    const without = await startHttpServer();
    expect((await requestWithHeaders(`${without.url}/`, HTML)).headers.location).toBe('/graphql');
    expect((await requestWithHeaders(`${without.url}/assets/main-1.js`, {})).status).toBe(404);
    await without.stop();
  });
});

describe('a file of the dashboard', () => {
  it('is sent as it was compressed, and kept for ever', async () => {
    const { status, headers } = await requestWithHeaders(`${server.url}/assets/main-1.js`, {
      'accept-encoding': 'br, gzip',
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
    expect(headers['content-length']).toBe(String(brotliCompressSync(SCRIPT).length));
  });

  it('is sent as it is to others, and when it is small', async () => {
    for (const [name, coding] of [
      ['main-1.js', 'gzip'],
      ['main-1.js', ''],
      ['plain-1.css', 'br'],
    ] as const) {
      const { headers } = await requestWithHeaders(`${server.url}/assets/${name}`, { 'accept-encoding': coding });
      expect(headers).not.toHaveProperty('content-encoding');
    }
  });

  it.each(['old-1.js', 'main-1.js.br', encodeURIComponent('../index.html'), 'index.html'])(
    'is never %s',
    async (name) => {
      const { status, text } = await requestWithHeaders(`${server.url}/assets/${name}`, {});
      expect(status).toBe(404);
      expect(text).toMatch(/Reload the page|does not exist/);
    },
  );

  it('that was removed while the server runs belongs to another version', async () => {
    await unlink(join(folder, 'assets/gone-1.js'));
    const { status, text } = await requestWithHeaders(`${server.url}/assets/gone-1.js`, {});
    expect(status).toBe(404);
    expect(text).toContain('Reload the page');
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRaw,
  eventually,
  MAX_UPLOAD_BYTES,
  startHttpServer,
  type TestHttpServer,
  TOKEN,
} from '../../../../test/support/surfaces/http-server.ts';

const authorization = `Bearer ${TOKEN}`;
const bytes = randomBytes(100_000);
const digest = createHash('sha256').update(bytes).digest('hex');

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer({}, { bodyIdleTimeoutMs: 500, lingerTimeoutMs: 500 });
  await server.upload(bytes, 'żółw.html', 'Text/HTML; charset=utf-8');
});
afterAll(() => server.stop());

const get = (headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${server.url}/artifacts/${digest}`, { method, headers: { authorization, ...headers } });

describe('a download', () => {
  it('gives the bytes, and lets no browser run them', async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html;charset=utf-8',
      'content-length': '100000',
      'content-disposition': `attachment; filename="___w.html"; filename*=UTF-8''%C5%BC%C3%B3%C5%82w.html`,
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      etag: `"${digest}"`,
      vary: 'Origin, Authorization, Cookie',
    });
  });

  it('of HEAD gives the headers alone, and opens nothing', async () => {
    const before = server.opened.ever;
    const response = await get({ range: 'bytes=0-1' }, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('100000');
    expect(server.opened.ever).toBe(before);
  });

  it.each([
    ['bytes=0-9', 0, 9],
    ['bytes=99990-', 99_990, 99_999],
    ['bytes=-5', 99_995, 99_999],
  ])('of %s gives that part', async (range, start, end) => {
    const response = await get({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/100000`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes.subarray(start, end + 1));
  });

  it('of a range past the end is refused with the size', async () => {
    const response = await get({ range: 'bytes=100000-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */100000');
    expect(await response.json()).toMatchObject({ error: { code: 'BAD_INPUT' } });
  });

  it('resumes where it stopped only while the bytes are the same', async () => {
    const range = 'bytes=5-9';
    expect((await get({ range, 'if-range': `"${digest}"` })).status).toBe(206);
    expect((await get({ range, 'if-range': '"other"' })).status).toBe(200);
  });

  it('is not repeated for a client that has it', async () => {
    for (const tag of [`"${digest}"`, `W/"${digest}"`, `"x", "${digest}"`, '*']) {
      const response = await get({ 'if-none-match': tag });
      expect([response.status, await response.text()]).toEqual([304, '']);
    }
    expect((await get({ 'if-none-match': '"x"' })).status).toBe(200);
  });

  it('is refused when If-Match names other bytes, compared strongly', async () => {
    for (const tag of ['"x"', `W/"${digest}"`]) {
      const response = await get({ 'if-match': tag, 'if-none-match': `"${digest}"` });
      expect([response.status, (await response.json()).error.code]).toEqual([412, 'CONFLICT']);
    }
    for (const tag of ['*', `"x", "${digest}"`]) expect((await get({ 'if-match': tag })).status).toBe(200);
  });

  it('needs a token, and a digest that is one and exists', async () => {
    const statusOf = async (path: string, headers: Record<string, string> = { authorization }) => {
      const response = await fetch(`${server.url}/artifacts/${path}`, { headers });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await statusOf(digest, {})).toEqual([401, 'UNAUTHENTICATED']);
    expect(await statusOf(digest, { authorization: 'Bearer bad' })).toEqual([401, 'UNAUTHENTICATED']);
    expect(await statusOf('0'.repeat(64))).toEqual([404, 'NOT_FOUND']);
    for (const bad of ['abc', digest.toUpperCase(), '..%2f..%2fetc%2fpasswd', `${digest}%00`])
      expect(await statusOf(bad)).toEqual([400, 'BAD_INPUT']);
    expect(await statusOf(`${digest}/x`)).toEqual([404, 'NOT_FOUND']);
  });

  it('waits for a slow client without reading ahead, and arrives whole', async () => {
    let produced = 0;
    const size = 50_000_000;
    const slow = await startHttpServer({
      download: async () => ({
        name: 'big',
        mediaType: 'text/plain',
        size,
        open: async () =>
          (async function* () {
            for (; produced < size; produced += 100_000) yield new Uint8Array(100_000);
          })(),
      }),
    });
    const response = await new Promise<import('node:http').IncomingMessage>((resolve) => {
      request(`${slow.url}/artifacts/${digest}`, { headers: { authorization } }, resolve).end();
    });
    response.pause();
    let last = -1;
    await eventually(() => {
      const still = produced === last && produced > 0;
      last = produced;
      return still;
    }, 'the server stops reading ahead');
    expect(produced).toBeLessThan(size / 2);
    let received = 0;
    for await (const chunk of response) received += chunk.length;
    expect(received).toBe(size);
    await slow.stop();
  });

  it('ends, and closes its file, when the client goes away or stands still', async () => {
    const big = randomBytes(MAX_UPLOAD_BYTES);
    const local = await startHttpServer({}, { bodyIdleTimeoutMs: 300 });
    const { body } = await local.upload(big);
    const endless = { ...local.kept.get(body.digest), size: MAX_UPLOAD_BYTES };
    expect(endless.size).toBe(MAX_UPLOAD_BYTES);
    for (const leave of [true, false]) {
      const { socket, closed } = connectRaw(local.port);
      socket.pause();
      // Thirty answers in a row are more than the kernel keeps for a reader that does not read.
      const ask = `GET /artifacts/${body.digest} HTTP/1.1\r\nHost: h\r\nAuthorization: ${authorization}\r\n\r\n`;
      socket.write(ask.repeat(30));
      await eventually(() => local.opened.now > 0, 'a file is open');
      // Those that were sent ahead wait their turn, and open nothing.
      expect(local.opened.now).toBe(1);
      if (leave) socket.destroy();
      await eventually(() => local.opened.now === 0, 'all files are closed');
      socket.destroy();
      await closed;
    }
    expect(local.logs.filter(({ event }) => event === 'http.failed')).toEqual([]);
    await local.stop();
  });

  it.each([
    ['less', 50],
    ['more', 150],
  ])('that gives %s than it promised is cut off and logged, so that nobody takes it for whole', async (_, length) => {
    const local = await startHttpServer({
      download: async () => ({
        name: 'a',
        mediaType: 'no media type',
        size: 100,
        open: async () =>
          (async function* () {
            yield new Uint8Array(length);
          })(),
      }),
    });
    const { closed } = connectRaw(
      local.port,
      `GET /artifacts/${digest} HTTP/1.1\r\nHost: h\r\nAuthorization: ${authorization}\r\n\r\n`,
    );
    const answer = await closed;
    if (length < 100) expect(answer).toContain('application/octet-stream');
    expect(answer.length - answer.indexOf('\r\n\r\n') - 4).not.toBe(100);
    expect(local.logs.map(({ event }) => event)).toContain('http.failed');
    await local.stop();
  });
});

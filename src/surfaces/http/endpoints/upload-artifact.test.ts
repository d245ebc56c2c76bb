import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectRaw,
  eventually,
  MAX_UPLOAD_BYTES,
  startHttpServer,
  type TestHttpServer,
  TOKEN,
} from '../../../../test/support/surfaces/http-server.ts';
import { Fault } from '../../../core/errors.ts';

const authorization = `Bearer ${TOKEN}`;

let server: TestHttpServer;
beforeAll(async () => {
  server = await startHttpServer({}, { bodyIdleTimeoutMs: 500, lingerTimeoutMs: 500 });
});
afterAll(() => server.stop());

describe('an upload', () => {
  it('becomes an artifact that can be downloaded', async () => {
    const { status, location, body } = await server.upload('id;name\n', 'products.csv', 'text/csv');
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^art_/),
      digest: createHash('sha256').update('id;name\n').digest('hex'),
      size: 8,
      mediaType: 'text/csv',
      name: 'products.csv',
      url: `/artifacts/${body.digest}`,
    });
    expect(location).toBe(body.url);
    const response = await fetch(`${server.url}${body.url}`, { headers: { authorization } });
    expect(await response.text()).toBe('id;name\n');
  });

  it('takes its name from Content-Disposition too', async () => {
    const headers = { authorization, 'content-disposition': "attachment; filename*=UTF-8''na%C3%AFve.txt" };
    const response = await fetch(`${server.url}/artifacts`, { method: 'POST', headers, body: 'x' });
    expect(await response.json()).toMatchObject({ name: 'naïve.txt' });
  });

  it('of nothing is an artifact without bytes', async () => {
    const { status, body } = await server.upload('', 'empty');
    expect([status, body.size]).toEqual([201, 0]);
    const response = await fetch(`${server.url}${body.url}`, { headers: { authorization } });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it.each([
    ['a form', { 'content-type': 'multipart/form-data; boundary=x' }, '', 'not a form'],
    ['no media type', { 'content-type': 'nothing' }, '', 'Content-Type'],
    ['compressed bytes', { 'content-encoding': 'gzip' }, '', 'Content-Encoding'],
    ['a path as name', {}, '?name=../../etc/passwd', 'name'],
    ['a name of dots', {}, '?name=..', 'name'],
    ['a name with a newline', {}, '?name=a%0d%0ab', 'name'],
    ['an empty name', {}, '?name=', 'name'],
    ['a long name', {}, `?name=${'x'.repeat(256)}`, 'name'],
  ])('is refused with %s', async (_, headers, query, why) => {
    const before = await server.files();
    const response = await fetch(`${server.url}/artifacts${query}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/plain', ...headers } as Record<string, string>,
      body: 'x',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'BAD_INPUT', message: expect.stringContaining(why) },
    });
    expect(await server.files()).toEqual(before);
  });

  it('without a token is refused before its body is read', async () => {
    const { received, socket, closed } = connectRaw(
      server.port,
      'POST /artifacts HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n',
    );
    await eventually(() => received().includes('\r\n\r\n'), 'an answer');
    expect(received()).toMatch(/^HTTP\/1\.1 401 /);
    socket.write('x'.repeat(10));
    await closed;
  });

  it('is told to go on where it asks first', async () => {
    const { received, socket } = connectRaw(
      server.port,
      `POST /artifacts HTTP/1.1\r\nHost: h\r\nAuthorization: ${authorization}\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n`,
    );
    await eventually(() => received().startsWith('HTTP/1.1 100 Continue\r\n\r\n'), 'leave to go on');
    socket.write('abc');
    await eventually(() => received().includes('HTTP/1.1 201 Created'), 'the artifact');
    socket.destroy();
  });

  it('of more than the limit is refused, told beforehand or not, and leaves nothing', async () => {
    const before = await server.files();
    const told = await server.upload(new Uint8Array(MAX_UPLOAD_BYTES + 1));
    expect([told.status, told.body.error.code]).toEqual([413, 'RESOURCE_TOO_LARGE']);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(50_000));
      },
    });
    const untold = await server.upload(stream).catch((error) => error);
    // Whether the client sees the answer or the end of the connection first is its own affair.
    if (!(untold instanceof Error)) expect(untold.status).toBe(413);
    await eventually(async () => (await server.files()).length === before.length, 'nothing is left');
    expect((await server.upload(new Uint8Array(MAX_UPLOAD_BYTES))).status).toBe(201);
  });

  it.each(['goes away', 'stands still'])('whose client %s leaves nothing, and is told so to the store', async (how) => {
    const causes: unknown[] = [];
    let begun = false;
    const local = await startHttpServer(
      {
        upload: async (_, { content }) => {
          try {
            for await (const chunk of content as AsyncIterable<Uint8Array>) begun ||= chunk.length > 0;
          } catch (error) {
            causes.push(error);
            throw error;
          }
          throw new Error('the upload ended as if it were whole');
        },
      },
      { bodyIdleTimeoutMs: 200 },
    );
    const { socket, closed } = connectRaw(
      local.port,
      `POST /artifacts HTTP/1.1\r\nHost: h\r\nAuthorization: ${authorization}\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(500)}`,
    );
    await eventually(() => begun, 'half of it is here');
    if (how === 'goes away') socket.destroy();
    await closed;
    await eventually(() => causes.length === 1, 'the store learns of it');
    expect(causes[0]).toMatchObject({ code: 'CANCELLED' });
    expect(local.logs.filter(({ event }) => event === 'http.failed')).toEqual([]);
    await local.stop();
  });

  it('that is aborted leaves no file behind', async () => {
    const before = await server.files();
    const { socket } = connectRaw(
      server.port,
      `POST /artifacts HTTP/1.1\r\nHost: h\r\nAuthorization: ${authorization}\r\nContent-Length: 1000\r\n\r\nhalf`,
    );
    await eventually(async () => (await server.files()).length > before.length, 'a file is begun');
    socket.destroy();
    await eventually(async () => (await server.files()).length === before.length, 'the file is gone');
  });

  it('that the store refuses in the middle is answered on the same connection', async () => {
    const local = await startHttpServer(
      {
        upload: async (_, { content }) => {
          for await (const _chunk of content as AsyncIterable<Uint8Array>) break;
          throw new Fault('UNAVAILABLE', 'The disk is full.', { retryAfterMs: 1_500 });
        },
      },
      { lingerTimeoutMs: 300 },
    );
    const { received, socket, closed } = connectRaw(
      local.port,
      `POST /artifacts HTTP/1.1\r\nHost: h\r\nAuthorization: ${authorization}\r\nContent-Length: 1000000\r\n\r\nbegin`,
    );
    await eventually(() => received().includes('\r\n\r\n'), 'an answer');
    expect(received()).toMatch(/^HTTP\/1\.1 503 /);
    expect(received()).toMatch(/^Retry-After: 2\r$/m);
    const endless = setInterval(() => socket.write('x'), 20);
    await closed;
    clearInterval(endless);
    await local.stop();
  });
});

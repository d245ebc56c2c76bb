import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { respondWith, startHttpOrigin } from '../../../test/support/resources/http-origin.ts';
import { createTestResources } from '../../../test/support/resources/resources.ts';

const http = startHttpOrigin();
const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

describe('reading http', () => {
  it('sends a plain GET with its User-Agent, and returns body, media type and size', async () => {
    let received: unknown;
    http.handler = (request, response) => {
      received = { method: request.method, url: request.url, headers: request.headers };
      response.writeHead(200, { 'content-type': 'Text/CSV; Charset=utf-8', 'content-length': 3 }).end('a,b');
    };
    const body = await http.resources.open(`${http.origin}/x//y?q=%7e#part`);
    expect(body).toMatchObject({ uri: `${http.origin}/x//y?q=~`, mediaType: 'text/csv;charset=utf-8', size: 3 });
    expect(await body.text()).toBe('a,b');
    expect(received).toMatchObject({
      method: 'GET',
      url: '/x//y?q=~',
      headers: { host: `127.0.0.1:${http.port}`, 'user-agent': 'signalbox/0.0.0-test', accept: '*/*' },
    });
  });

  it('treats an invalid media type as bytes', async () => {
    http.handler = respondWith('x', { 'content-type': 'whatever' });
    const body = await http.resources.open(http.origin);
    expect(body.mediaType).toBe('application/octet-stream');
    await body.cancel();
  });

  it.each([
    [404, 'NOT_FOUND', /nothing at this URI/],
    [410, 'NOT_FOUND', /no longer/],
    [401, 'RESOURCE_UNREACHABLE', /credentials/],
    [403, 'RESOURCE_UNREACHABLE', /does not allow/],
    [500, 'RESOURCE_UNREACHABLE', /status 500/],
    [206, 'RESOURCE_UNREACHABLE', /status 206/],
    [304, 'RESOURCE_UNREACHABLE', /status 304/],
    [399, 'RESOURCE_UNREACHABLE', /status 399/],
    [499, 'RESOURCE_UNREACHABLE', /status 499/],
    [599, 'RESOURCE_UNREACHABLE', /status 599/],
    [999, 'RESOURCE_UNREACHABLE', /status 999/],
    [302, 'RESOURCE_UNREACHABLE', /status 302/],
  ])('answers status %i with %s and the status in its details', async (status, code, message) => {
    http.handler = (_, response) => response.writeHead(status).end(status === 304 ? undefined : 'not for you');
    const error = await http.resources.open(http.origin).catch((thrown: unknown) => thrown);
    expect(error).toEqual(fault(code, message));
    expect(error).toMatchObject({ details: { status } });
  });

  it.each([201, 203, 226, 294, 299])('reads what comes with status %i, which is a success', async (status) => {
    http.handler = (_, response) => response.writeHead(status, { 'content-type': 'text/csv' }).end('a,b');
    const body = await http.resources.open(http.origin);
    expect([body.mediaType, await body.text()]).toEqual(['text/csv', 'a,b']);
  });

  it('reports in plain words that nothing listens, the name does not exist, or the response is not HTTP', async () => {
    const other = createTcpServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('SSH-2.0-OpenSSH_9.9\r\n'),
    );
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: otherPort } = other.address() as AddressInfo;
    const reader = await createTestResources({
      allowedPrivateHosts: [`127.0.0.1:${otherPort}`],
      lookup: async () => {
        throw Object.assign(new Error('getaddrinfo ENOTFOUND inner-resolver.corp'), { code: 'ENOTFOUND' });
      },
    });
    http.closeAfter(reader);
    const url = `http://127.0.0.1:${otherPort}/`;
    await expect(reader.open(url)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /not valid HTTP/));
    await expect(reader.open('http://nowhere.example/')).rejects.toEqual(
      fault('RESOURCE_UNREACHABLE', /^nowhere\.example cannot be read: its name does not exist/),
    );
    other.close();
    await once(other, 'close');
    await expect(reader.open(url)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /refuses connections/));
  });
});

describe('an abort', () => {
  it('before the response cancels the request and releases the socket', async () => {
    const stop = new AbortController();
    http.handler = () => stop.abort();
    await expect(http.resources.open(http.origin, { signal: stop.signal })).rejects.toEqual(fault('CANCELLED'));
    await http.noConnections();
  });

  it('in the middle of the body releases the socket', async () => {
    const stop = new AbortController();
    http.handler = (_, response) => void response.writeHead(200).write('begin');
    const body = await http.resources.open(http.origin, { signal: stop.signal });
    const reading = (async () => {
      for await (const chunk of body.stream()) {
        expect(Buffer.from(chunk).toString()).toBe('begin');
        stop.abort();
      }
    })();
    await expect(reading).rejects.toEqual(fault('CANCELLED'));
    await http.noConnections();
  });

  it('of an unread body releases the socket, as cancelling it does', async () => {
    http.handler = (_, response) => void response.writeHead(200).write('begin');
    const stop = new AbortController();
    await http.resources.open(http.origin, { signal: stop.signal });
    const other = await http.resources.open(http.origin);
    expect(http.connections()).toBe(2);
    stop.abort();
    await other.cancel();
    await http.noConnections();
  });

  it('is no longer listened for when the read has succeeded or failed', async () => {
    const { signal } = new AbortController();
    http.handler = respondWith('x');
    await (await http.resources.open(http.origin, { signal })).text();
    await expect(http.resources.open('http://127.0.0.1:1/', { signal })).rejects.toEqual(fault('FORBIDDEN'));
    await http.noConnections();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('that came first sends no request', async () => {
    let requests = 0;
    http.handler = (_, response) => response.end(String(requests++));
    await expect(http.resources.open(http.origin, { signal: AbortSignal.abort() })).rejects.toEqual(fault('CANCELLED'));
    expect(requests).toBe(0);
  });
});

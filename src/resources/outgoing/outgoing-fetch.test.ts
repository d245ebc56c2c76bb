import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canonicalUri } from '../canonical-uri.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import type { FetchOptions } from './outgoing-fetch.ts';

let handler: RequestListener = () => {};
let server: Server;
let origin: string;
let outgoing: Outgoing;
let requests = 0;
let open = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  const allowedPrivateHosts = [`127.0.0.1:${port}`];
  outgoing = createOutgoing({ version: '1.2.3', allowedPrivateHosts, headerTimeoutMs: 5_000 });
});

afterEach(() => {
  requests = 0;
});

afterAll(async () => {
  await outgoing.close();
  server.closeAllConnections();
  server.close();
});

const fetchFrom = (options: Partial<FetchOptions> = {}) =>
  outgoing.fetch(canonicalUri(`${origin}/`), { maxBytes: 1_000, idleMs: 5_000, ...options });

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

async function nobodyIsWaiting(): Promise<void> {
  while (open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a fetch for one origin', () => {
  it('sends method, headers, body and User-Agent, and returns the response as fetch does', async () => {
    let received: unknown;
    handler = async (request, response) => {
      const { method, url, headers } = request;
      received = {
        method,
        url,
        type: headers['content-type'],
        agent: headers['user-agent'],
        body: await text(request),
      };
      response.writeHead(201, { 'x-made': 'yes', 'set-cookie': ['a=1', 'b=2'] }).end('done');
    };
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":"ü"}' };
    const answer = await fetchFrom()(`${origin}/things?n=1`, init);
    expect([answer.status, answer.headers.get('x-made'), answer.headers.getSetCookie()]).toEqual([
      201,
      'yes',
      ['a=1', 'b=2'],
    ]);
    expect(await answer.text()).toBe('done');
    expect(received).toEqual({
      method: 'POST',
      url: '/things?n=1',
      type: 'application/json',
      agent: 'signalbox/1.2.3',
      body: '{"a":"ü"}',
    });
  });

  it('requests no other origin, whatever the caller passes', async () => {
    const other = `${origin.replace('127.0.0.1', 'localhost')}/`;
    await expect(fetchFrom()(other)).rejects.toEqual(fault('FORBIDDEN', /Only http:\/\/127/));
    handler = (_, response) => response.writeHead(307, { location: other }).end();
    await expect(fetchFrom()(`${origin}/`)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /redirects/));
    for (const name of ['Host', 'Transfer-Encoding', 'Sec-Fetch-Mode', 'Proxy-Authorization']) {
      const response = fetchFrom()(`${origin}/`, { headers: { [name]: 'inner.example' } });
      await expect(response).rejects.toEqual(fault('BAD_INPUT', /set by Signalbox/));
    }
    expect(requests).toBe(1);
  });

  it('is guarded: it never connects to a private address that is not listed', async () => {
    const guarded = createOutgoing({ version: '0', allowedPrivateHosts: [], headerTimeoutMs: 5_000 });
    const fetch = guarded.fetch(canonicalUri(`${origin}/`), { maxBytes: 10, idleMs: 1_000 });
    await expect(fetch(`${origin}/`)).rejects.toEqual(fault('FORBIDDEN', /not public/));
    expect(requests).toBe(0);
    await guarded.close();
  });

  it('returns responses without a body, and any status, unchanged', async () => {
    for (const status of [204, 304, 404, 500]) {
      handler = (_, response) => response.writeHead(status).end();
      expect((await fetchFrom()(`${origin}/`)).status).toBe(status);
    }
    handler = (request) => request.socket.end('HTTP/1.1 799 What\r\ncontent-length: 0\r\n\r\n');
    await expect(fetchFrom()(`${origin}/`)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /status/));
  });

  it('returns at most the maximum size, decoded', async () => {
    handler = (_, response) => response.end('x'.repeat(1_000));
    expect(await (await fetchFrom()(`${origin}/`)).text()).toHaveLength(1_000);
    handler = (_, response) => response.end('x'.repeat(1_001));
    await expect((await fetchFrom()(`${origin}/`)).text()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('y'.repeat(9_000)));
    await expect((await fetchFrom()(`${origin}/`)).text()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(await (await fetchFrom({ maxBytes: 9_000 })(`${origin}/`)).text()).toHaveLength(9_000);
  });

  it('does not read ahead of its reader', async () => {
    let written = 0;
    handler = (_, response) => {
      const more = () => {
        let room = !response.destroyed;
        while (room) {
          room = response.write(Buffer.alloc(65_536));
          written += 65_536;
        }
      };
      response.on('drain', more);
      more();
    };
    const answer = await fetchFrom({ maxBytes: 2 ** 30 })(`${origin}/`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBeLessThan(16 * 2 ** 20);
    await answer.body?.cancel();
    await nobodyIsWaiting();
  });
});

describe('a host that is silent', () => {
  it('is abandoned when it does not respond, and when it stops within its response', async () => {
    handler = () => {};
    await expect(fetchFrom({ idleMs: 100 })(`${origin}/`)).rejects.toEqual(fault('TIMEOUT', /did not answer/));
    handler = (_, response) => response.write('begun');
    const answer = await fetchFrom({ idleMs: 100 })(`${origin}/`);
    await expect(answer.text()).rejects.toEqual(fault('TIMEOUT', /stopped sending/));
    await nobodyIsWaiting();
  });

  it('may take as long as necessary while it sends data', async () => {
    handler = (_, response) => {
      let count = 0;
      const timer = setInterval(() => {
        count += 1;
        response.write('.');
        if (count === 5) response.end(() => clearInterval(timer));
      }, 80);
    };
    expect(await (await fetchFrom({ idleMs: 200 })(`${origin}/`)).text()).toBe('.....');
  });

  it('is disconnected at once when its reader stops, or the caller cancels', async () => {
    handler = (_, response) => response.write('begun');
    for (const how of ['reader', 'fetch', 'all'] as const) {
      const [one, all] = [new AbortController(), new AbortController()];
      const answer = await fetchFrom({ signal: all.signal })(`${origin}/`, { signal: one.signal });
      const reader = answer.body?.getReader();
      await reader?.read();
      const next = reader?.read().catch((error: unknown) => error);
      if (how === 'reader') await reader?.cancel();
      if (how === 'fetch') one.abort();
      if (how === 'all') all.abort();
      if (how === 'reader') expect(await next).toEqual({ done: true, value: undefined });
      else expect(await next).toEqual(fault('CANCELLED'));
      await nobodyIsWaiting();
    }
  });
});

describe('a connection that fails', () => {
  it('is reported as the matching fault', async () => {
    handler = (request) => request.socket.destroy();
    await expect(fetchFrom()(`${origin}/`)).rejects.toEqual(fault('RESOURCE_UNREACHABLE'));
    handler = (request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('begun');
      setTimeout(() => request.socket.destroy(), 20);
    };
    await expect((await fetchFrom()(`${origin}/`)).text()).rejects.toEqual(fault('RESOURCE_UNREACHABLE'));
  });
});

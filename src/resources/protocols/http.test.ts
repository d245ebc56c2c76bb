import { getEventListeners, once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  brotliCompressSync,
  constants,
  createZstdCompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';

const MIB = 1024 * 1024;

let handler: RequestListener = () => {};
let server: Server;
let origin: string;
let port: number;
let resources: TestResources;
const opened: TestResources[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  // Without keep-alive: a socket that is open is a request that is not over.
  server.maxRequestsPerSocket = 1;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  origin = `http://127.0.0.1:${port}`;
  resources = await createTestResources({ allowedPrivateHosts: [`127.0.0.1:${port}`] });
  opened.push(resources);
});

afterEach(() => {
  resources.authorizedUris.length = 0;
  resources.forbidden.clear();
});

afterAll(async () => {
  for (const each of opened) await each.close();
  server.closeAllConnections();
  server.close();
});

/** Against the same server, with short time limits. */
async function hurried(times: { headerTimeoutMs?: number; totalTimeoutMs?: number }): Promise<TestResources> {
  const made = await createTestResources({ allowedPrivateHosts: [`127.0.0.1:${port}`], ...times });
  opened.push(made);
  return made;
}

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

const answer =
  (body: string | Uint8Array, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(200, headers).end(body);

async function noConnections(): Promise<void> {
  while (sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('reading http', () => {
  it('sends a plain GET that says who asks, and gives body, media type and size', async () => {
    let seen: unknown;
    handler = (request, response) => {
      seen = { method: request.method, url: request.url, headers: request.headers };
      response.writeHead(200, { 'content-type': 'Text/CSV; Charset=utf-8', 'content-length': 3 }).end('a,b');
    };
    const body = await resources.open(`${origin}/x//y?q=%7e#part`);
    expect(body).toMatchObject({ uri: `${origin}/x//y?q=~`, mediaType: 'text/csv;charset=utf-8', size: 3 });
    expect(await body.text()).toBe('a,b');
    expect(seen).toMatchObject({
      method: 'GET',
      url: '/x//y?q=~',
      headers: { host: `127.0.0.1:${port}`, 'user-agent': 'signalbox/0.0.0-test', accept: '*/*' },
    });
  });

  it('takes a media type that is garbage for bytes', async () => {
    handler = answer('x', { 'content-type': 'whatever' });
    const body = await resources.open(origin);
    expect(body.mediaType).toBe('application/octet-stream');
    await body.cancel();
  });

  it.each([
    [404, 'NOT_FOUND', /nothing at this URI/],
    [410, 'NOT_FOUND', /any more/],
    [401, 'RESOURCE_UNREACHABLE', /credentials/],
    [403, 'RESOURCE_UNREACHABLE', /does not let/],
    [500, 'RESOURCE_UNREACHABLE', /status 500/],
    [206, 'RESOURCE_UNREACHABLE', /status 206/],
    [304, 'RESOURCE_UNREACHABLE', /status 304/],
    [302, 'RESOURCE_UNREACHABLE', /status 302/],
  ])('answers status %i with %s and the status in its details', async (status, code, message) => {
    handler = (_, response) => response.writeHead(status).end(status === 304 ? undefined : 'not for you');
    const error = await resources.open(origin).catch((thrown: unknown) => thrown);
    expect(error).toEqual(fault(code, message));
    expect(error).toMatchObject({ details: { status } });
  });

  it('tells in plain words when nobody listens, the name does not exist, or the answer is not HTTP', async () => {
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
    opened.push(reader);
    const url = `http://127.0.0.1:${otherPort}/`;
    await expect(reader.open(url)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /not HTTP/));
    await expect(reader.open('http://nowhere.example/')).rejects.toEqual(
      fault('RESOURCE_UNREACHABLE', /^nowhere\.example cannot be read: its name does not exist/),
    );
    other.close();
    await once(other, 'close');
    await expect(reader.open(url)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /refuses connections/));
  });
});

describe('redirects', () => {
  it('are followed, each asked about, and the body tells where it came from', async () => {
    handler = (request, response) => {
      if (request.url === '/1') response.writeHead(302, { location: '/%32?a' }).end();
      else if (request.url === '/2?a') response.writeHead(308, { location: `${origin}/3#x` }).end('ignored');
      else response.end('here');
    };
    const body = await resources.open(`${origin}/1`);
    expect(body.uri).toBe(`${origin}/3`);
    expect(await body.text()).toBe('here');
    expect(resources.authorizedUris).toEqual([`${origin}/1`, `${origin}/2?a`, `${origin}/3`]);
  });

  it('stop at what policy forbids, before it is asked for', async () => {
    let requests = 0;
    handler = (_, response) => {
      requests++;
      response.writeHead(302, { location: '/secret' }).end();
    };
    resources.forbidden.add(`${origin}/secret`);
    await expect(resources.open(`${origin}/`)).rejects.toEqual(fault('FORBIDDEN', /secret/));
    expect(requests).toBe(1);
  });

  it('do not lead to a private address, however it is written', async () => {
    for (const target of [
      'http://169.254.169.254/latest',
      'http://[::1]:1/',
      'http://0x7f.1:2/',
      'http://[::ffff:a00:1]/',
    ]) {
      handler = (_, response) => response.writeHead(302, { location: target }).end();
      await expect(resources.open(origin)).rejects.toEqual(fault('FORBIDDEN', /not public/));
    }
  });

  it('are followed five times and no more', async () => {
    handler = (request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('arrived');
      else response.writeHead(301, { location: `/${left - 1}` }).end();
    };
    expect(await (await resources.open(`${origin}/5`)).text()).toBe('arrived');
    await expect(resources.open(`${origin}/6`)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /more than 5 times/));
    handler = (_, response) => response.writeHead(301, { location: '/' }).end();
    await expect(resources.open(origin)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /more than 5 times/));
  });

  it.each([
    ['another scheme', 'file:///etc/passwd', 'RESOURCE_UNREACHABLE'],
    ['inline data', 'data:text/plain,a', 'RESOURCE_UNREACHABLE'],
    ['a name and password', 'http://user:secret@example.com/', 'BAD_INPUT'],
    ['a path that readers decode in different ways', '/a%2f..%2fb', 'BAD_INPUT'],
    ['no URI', 'http://[', 'RESOURCE_UNREACHABLE'],
  ])('to %s are refused', async (_, location, code) => {
    handler = (_, response) => response.writeHead(302, { location }).end();
    await expect(resources.open(origin)).rejects.toEqual(fault(code));
  });

  it('understand a location in raw UTF-8', async () => {
    handler = (request, response) => {
      if (request.url !== '/') return response.end(request.url);
      response.writeHead(302, { location: Buffer.from('/caf\u00e9').toString('latin1') }).end();
    };
    expect(await (await resources.open(origin)).text()).toBe('/caf%C3%A9');
  });

  it('free the connection even when the redirect has an endless body', async () => {
    handler = (request, response) => {
      if (request.url !== '/') return response.end('here');
      response.writeHead(302, { location: '/there' });
      const flood = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', flood);
      flood();
    };
    expect(await (await resources.open(origin)).text()).toBe('here');
  });
});

describe('hostile answers', () => {
  /** Writes as fast as it is read, for ever; resolves with the bytes written when the reader has gone. */
  function flood(headers: Record<string, string | number>): Promise<number> {
    return new Promise((resolve) => {
      handler = (_, response) => {
        let written = 0;
        response.writeHead(200, headers);
        const more = () => {
          do written += 65_536;
          while (response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', more);
        response.on('close', () => resolve(written));
        more();
      };
    });
  }

  it('that never end are cut at the limit, without being kept', async () => {
    const written = flood({});
    await expect((await resources.open(origin)).bytes()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(await written).toBeLessThan(32 * MIB);
    await noConnections();
  });

  it('that announce 10 GB are refused by their headers', async () => {
    const written = flood({ 'content-length': 10 * 1024 * MIB });
    await expect(resources.open(origin)).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(await written).toBeLessThan(32 * MIB);
    await noConnections();
  });

  it('are not read ahead of a slow reader', async () => {
    const written = flood({});
    const body = await resources.open(origin, { maxBytes: 10 * 1024 * MIB });
    for await (const chunk of body.stream()) {
      expect(chunk.length).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      break;
    }
    expect(await written).toBeLessThan(32 * MIB);
    await noConnections();
  });

  const codings: [string, (bytes: Buffer) => Buffer][] = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['Deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', (bytes) => bytes],
  ];
  it.each(codings)('packed as %s are unpacked', async (coding, pack) => {
    handler = answer(pack(Buffer.from('some text, '.repeat(10_000))), { 'content-encoding': coding });
    const body = await resources.open(origin);
    expect(body.size).toBeUndefined();
    expect(await body.text()).toBe('some text, '.repeat(10_000));
  });

  it('that are bombs are cut by what they unpack to', async () => {
    const bomb = Buffer.concat([...Array(8)].map(() => gzipSync(Buffer.alloc(8 * MIB))));
    expect(bomb.length).toBeLessThan(MIB / 8);
    handler = answer(bomb, { 'content-encoding': 'gzip' });
    let received = 0;
    const body = await resources.open(origin);
    const reading = async () => {
      for await (const chunk of body.stream()) received += chunk.length;
    };
    await expect(reading()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(received).toBeLessThanOrEqual(MIB);
  });

  it.each([
    ['gzip, gzip', gzipSync(gzipSync('x')), /not offered/],
    ['compress', Buffer.from('x'), /not offered/],
    ['gzip', Buffer.from('this is not gzip'), /cannot be read/],
    ['gzip', gzipSync('cut short '.repeat(100)).subarray(0, -12), /cannot be read/],
    ['br', Buffer.from('this is not brotli at all'), /cannot be read/],
    ['zstd', Buffer.from('nor zstd, not in the least'), /cannot be read/],
  ])('that are not what %s says are refused', async (coding, bytes, message) => {
    handler = answer(bytes, { 'content-encoding': coding });
    await expect((await resources.open(origin)).bytes()).rejects.toEqual(fault('RESOURCE_UNREACHABLE', message));
  });

  it('in zstd that ask for more than 8 MiB of memory are refused', async () => {
    const packed = async (windowLog: number) => {
      const packer = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: windowLog } });
      packer.write('some text');
      packer.end();
      return await buffer(packer);
    };
    handler = answer(await packed(23), { 'content-encoding': 'zstd' });
    expect(await (await resources.open(origin)).text()).toBe('some text');
    handler = answer(await packed(24), { 'content-encoding': 'zstd' });
    await expect((await resources.open(origin)).text()).rejects.toEqual(fault('RESOURCE_UNREACHABLE'));
  });

  it('without a byte are empty under any coding', async () => {
    handler = (_, response) => response.writeHead(204, { 'content-encoding': 'gzip' }).end();
    expect(await (await resources.open(origin)).text()).toBe('');
  });

  it('that never come end in TIMEOUT', async () => {
    handler = () => {};
    const reader = await hurried({ headerTimeoutMs: 150 });
    await expect(reader.open(origin)).rejects.toEqual(fault('TIMEOUT', /did not answer/));
    await noConnections();
  });

  it('that fall silent in the middle end in TIMEOUT', async () => {
    handler = (_, response) => void response.writeHead(200).write('begin');
    const reader = await hurried({ headerTimeoutMs: 150 });
    await expect((await reader.open(origin)).text()).rejects.toEqual(fault('TIMEOUT', /stopped sending/));
    await noConnections();
  });

  it('that drip, a byte at a time, end when the time for all of it is up', async () => {
    handler = (_, response) => {
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    };
    const reader = await hurried({ headerTimeoutMs: 1_000, totalTimeoutMs: 200 });
    await expect((await reader.open(origin)).text()).rejects.toEqual(fault('TIMEOUT', /in time/));
    await noConnections();
  });

  it('that redirect slowly share one time limit', async () => {
    handler = (_, response) => setTimeout(() => response.writeHead(302, { location: '/' }).end(), 80);
    const reader = await hurried({ totalTimeoutMs: 200 });
    await expect(reader.open(origin)).rejects.toEqual(fault('TIMEOUT'));
  });

  it('that send less than they announced are no whole resource', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('only this', () => response.destroy());
    };
    await expect((await resources.open(origin)).text()).rejects.toEqual(fault('RESOURCE_UNREACHABLE'));
  });

  it('that send more than they announced end where they said', async () => {
    const other = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\nsmuggled'),
      );
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: otherPort } = other.address() as AddressInfo;
    const reader = await createTestResources({ allowedPrivateHosts: [`127.0.0.1:${otherPort}`] });
    opened.push(reader);
    expect(await (await reader.open(`http://127.0.0.1:${otherPort}/`)).text()).toBe('abc');
    other.close();
  });
});

describe('an abort', () => {
  it('before the answer cancels the request and frees the socket', async () => {
    const stop = new AbortController();
    handler = () => stop.abort();
    await expect(resources.open(origin, { signal: stop.signal })).rejects.toEqual(fault('CANCELLED'));
    await noConnections();
  });

  it('in the middle of the body frees the socket', async () => {
    const stop = new AbortController();
    handler = (_, response) => void response.writeHead(200).write('begin');
    const body = await resources.open(origin, { signal: stop.signal });
    const reading = (async () => {
      for await (const chunk of body.stream()) {
        expect(Buffer.from(chunk).toString()).toBe('begin');
        stop.abort();
      }
    })();
    await expect(reading).rejects.toEqual(fault('CANCELLED'));
    await noConnections();
  });

  it('of a body that nobody reads frees the socket, as cancelling it does', async () => {
    handler = (_, response) => void response.writeHead(200).write('begin');
    const stop = new AbortController();
    await resources.open(origin, { signal: stop.signal });
    const other = await resources.open(origin);
    expect(sockets.size).toBe(2);
    stop.abort();
    await other.cancel();
    await noConnections();
  });

  it('is not listened for any longer when the read is over, well or badly', async () => {
    const { signal } = new AbortController();
    handler = answer('x');
    await (await resources.open(origin, { signal })).text();
    await expect(resources.open('http://127.0.0.1:1/', { signal })).rejects.toEqual(fault('FORBIDDEN'));
    await noConnections();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('that came first lets nothing out', async () => {
    let requests = 0;
    handler = (_, response) => response.end(String(requests++));
    await expect(resources.open(origin, { signal: AbortSignal.abort() })).rejects.toEqual(fault('CANCELLED'));
    expect(requests).toBe(0);
  });
});

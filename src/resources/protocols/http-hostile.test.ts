import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
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
import { describe, expect, it } from 'vitest';
import { respondWith, startHttpOrigin } from '../../../test/support/resources/http-origin.ts';
import { createTestResources } from '../../../test/support/resources/resources.ts';

const MIB = 1024 * 1024;

const http = startHttpOrigin();
const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

describe('hostile responses', () => {
  /** Writes endlessly, as fast as it is read; resolves with the bytes written when the reader has disconnected. */
  function flood(headers: Record<string, string | number>): Promise<number> {
    return new Promise((resolve) => {
      http.handler = (_, response) => {
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

  it('that never end are cut at the limit, without being buffered', async () => {
    const written = flood({});
    await expect((await http.resources.open(http.origin)).bytes()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(await written).toBeLessThan(32 * MIB);
    await http.noConnections();
  });

  it('that announce 10 GB are rejected by their headers', async () => {
    const written = flood({ 'content-length': 10 * 1024 * MIB });
    await expect(http.resources.open(http.origin)).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(await written).toBeLessThan(32 * MIB);
    await http.noConnections();
  });

  it('are not read ahead of a slow reader', async () => {
    const written = flood({});
    const body = await http.resources.open(http.origin, { maxBytes: 10 * 1024 * MIB });
    for await (const chunk of body.stream()) {
      expect(chunk.length).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      break;
    }
    expect(await written).toBeLessThan(32 * MIB);
    await http.noConnections();
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
  it.each(codings)('with content coding %s are decoded', async (coding, pack) => {
    http.handler = respondWith(pack(Buffer.from('some text, '.repeat(10_000))), { 'content-encoding': coding });
    const body = await http.resources.open(http.origin);
    expect(body.size).toBeUndefined();
    expect(await body.text()).toBe('some text, '.repeat(10_000));
  });

  it('that are compression bombs are cut by their decoded size', async () => {
    const bomb = Buffer.concat([...Array(8)].map(() => gzipSync(Buffer.alloc(8 * MIB))));
    expect(bomb.length).toBeLessThan(MIB / 8);
    http.handler = respondWith(bomb, { 'content-encoding': 'gzip' });
    let received = 0;
    const body = await http.resources.open(http.origin);
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
  ])('that are not valid %s are rejected', async (coding, bytes, message) => {
    http.handler = respondWith(bytes, { 'content-encoding': coding });
    await expect((await http.resources.open(http.origin)).bytes()).rejects.toEqual(
      fault('RESOURCE_UNREACHABLE', message),
    );
  });

  it('in zstd that require more than 8 MiB of memory are rejected', async () => {
    const packed = async (windowLog: number) => {
      const packer = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: windowLog } });
      packer.write('some text');
      packer.end();
      return await buffer(packer);
    };
    http.handler = respondWith(await packed(23), { 'content-encoding': 'zstd' });
    expect(await (await http.resources.open(http.origin)).text()).toBe('some text');
    http.handler = respondWith(await packed(24), { 'content-encoding': 'zstd' });
    await expect((await http.resources.open(http.origin)).text()).rejects.toEqual(fault('RESOURCE_UNREACHABLE'));
  });

  it('without content are empty with any coding', async () => {
    http.handler = (_, response) => response.writeHead(204, { 'content-encoding': 'gzip' }).end();
    expect(await (await http.resources.open(http.origin)).text()).toBe('');
  });

  it('that never begin end in TIMEOUT', async () => {
    http.handler = () => {};
    const reader = await http.withTimeouts({ headerTimeoutMs: 150 });
    await expect(reader.open(http.origin)).rejects.toEqual(fault('TIMEOUT', /did not answer/));
    await http.noConnections();
  });

  it('that stop in the middle end in TIMEOUT', async () => {
    http.handler = (_, response) => void response.writeHead(200).write('begin');
    const reader = await http.withTimeouts({ headerTimeoutMs: 150 });
    await expect((await reader.open(http.origin)).text()).rejects.toEqual(fault('TIMEOUT', /stopped sending/));
    await http.noConnections();
  });

  it('that arrive a byte at a time end at the total time limit', async () => {
    http.handler = (_, response) => {
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    };
    const reader = await http.withTimeouts({ headerTimeoutMs: 1_000, totalTimeoutMs: 200 });
    await expect((await reader.open(http.origin)).text()).rejects.toEqual(fault('TIMEOUT', /in time/));
    await http.noConnections();
  });

  it('that redirect slowly share one time limit', async () => {
    http.handler = (_, response) => setTimeout(() => response.writeHead(302, { location: '/' }).end(), 80);
    const reader = await http.withTimeouts({ totalTimeoutMs: 200 });
    await expect(reader.open(http.origin)).rejects.toEqual(fault('TIMEOUT'));
  });

  it('that send less than announced are an incomplete resource', async () => {
    http.handler = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('only this', () => response.destroy());
    };
    await expect((await http.resources.open(http.origin)).text()).rejects.toEqual(fault('RESOURCE_UNREACHABLE'));
  });

  it('that send more than they announced end at the announced size', async () => {
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
    http.closeAfter(reader);
    expect(await (await reader.open(`http://127.0.0.1:${otherPort}/`)).text()).toBe('abc');
    other.close();
  });
});

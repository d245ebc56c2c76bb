import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { COMPLETE, logBatch, next, openStream, startFakeServer, trickle } from './fake-server.ts';
import { outputOf } from './python-program.ts';

const MIB = 1024 * 1024;
const VIEWER = JSON.stringify({ data: { viewer: { username: 'alice' } } });

/** Programs print what they receive, and the code of an error. */
const run = (url: string, program: string) =>
  outputOf(
    `
import logging, time
logging.disable()
def client_of(**options): return Client(os.environ['SIGNALBOX_URL'], token='secret', **options)
def attempt(call):
    try: print(call())
    except SignalboxError as error: print(error.code)
${program}`,
    { url },
  );

const READ_LOG = "for line in client_of(silence_timeout=0.5).runs.logs('run_1'): print(line['text'], flush=True)";

const sendJson = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(VIEWER);
const sendPage = (status: number) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');

describe('a stream', () => {
  it('that falls silent is opened again after the newest event', async () => {
    await using server = await startFakeServer(
      (response) => openStream(response).write(logBatch('one')),
      (response) => openStream(response).end(logBatch('two') + COMPLETE),
    );
    expect(await run(server.url, READ_LOG)).toEqual(['one', 'two']);
    expect(server.requests.map(({ variables }) => variables.after)).toEqual([undefined, 'one']);
  });

  it('that ends within an event is opened again', async () => {
    await using server = await startFakeServer(
      (response) => openStream(response).end(logBatch('one') + logBatch('two').slice(0, 60)),
      (response) => openStream(response).end(logBatch('two') + COMPLETE),
    );
    expect(await run(server.url, READ_LOG)).toEqual(['one', 'two']);
    expect(server.requests.map(({ variables }) => variables.after)).toEqual([undefined, 'one']);
  });

  it('stays open while comments arrive', async () => {
    await using server = await startFakeServer((response) => {
      trickle(openStream(response), ':\n', 50);
      setTimeout(() => response.end(`${logBatch('one').replaceAll('\n', '\r\n')}${COMPLETE}`), 1200);
    });
    expect(await run(server.url, READ_LOG)).toEqual(['one']);
    expect(server.requests.length).toBe(1);
  });

  it.each([
    ['comments', ': still here\n\n'],
    ['a comment without end', ':'],
    ['an event without end', 'data: {'],
  ])('of %s for ever does not outlast a timeout', async (_, bytes) => {
    await using server = await startFakeServer((response) => trickle(openStream(response), bytes, 20));
    const lines = await run(
      server.url,
      `
begin = time.monotonic()
attempt(lambda: client_of().runs.wait('run_1', timeout=1))
attempt(lambda: list(client_of().operations.run_events('run_1', timeout=1)))
print(time.monotonic() - begin < 8)`,
    );
    expect(lines).toEqual(['TIMEOUT', 'TIMEOUT', 'True']);
  });

  it.each([
    ['an event that is not UTF-8', Buffer.from('event: next\ndata: {"\xff"}\n\n', 'latin1')],
    ['an event that is not JSON', 'event: next\ndata: {\n\n'],
    ['an event that is too large', `data: ${'x'.repeat(MIB)}\n`.repeat(65)],
    ['a line that is too long', 'x'.repeat(65 * MIB)],
  ])('with %s is an invalid response', async (_, bytes) => {
    await using server = await startFakeServer((response) => openStream(response).write(bytes));
    expect(await run(server.url, "attempt(lambda: next(client_of().runs.logs('run_1')))")).toEqual(['BAD_RESPONSE']);
    expect(server.requests.length).toBe(1);
  });

  it('may have as many comments as it likes', async () => {
    await using server = await startFakeServer((response) =>
      openStream(response).end(`${`:${'x'.repeat(MIB)}\n`.repeat(70)}${logBatch('one')}${COMPLETE}`),
    );
    expect(await run(server.url, READ_LOG)).toEqual(['one']);
  });

  it('that completes before the run has ended is opened again', async () => {
    const state = (value: string) => ({ run: { id: 'run_1', state: value, outputs: [], output: 1, steps: [] } });
    await using server = await startFakeServer(
      (response) => openStream(response).end(COMPLETE),
      (response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: state('RUNNING') })),
      (response) => openStream(response).end(next({ runUpdated: { state: 'SUCCEEDED' } })),
      (response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ data: state('SUCCEEDED') })),
    );
    expect(await run(server.url, "attempt(lambda: client_of().runs.result('run_1'))")).toEqual(['1']);
    expect(server.requests.length).toBe(4);
  });
});

describe('a response', () => {
  const READ = "attempt(lambda: client_of(timeout=1.5).operations.viewer()['username'])";

  it('may be compressed, and may not be as large as it likes', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    await using server = await startFakeServer(
      (response) => response.writeHead(200, headers).end(gzipSync(VIEWER)),
      (response) => response.writeHead(200, headers).end('no gzip'),
      async (response) => {
        response.writeHead(200, headers);
        const zeros = Array.from({ length: 1024 }, () => Buffer.alloc(MIB));
        // The client leaves before the end.
        await pipeline(zeros, createGzip(), response).catch(() => {});
      },
    );
    const lines = await run(
      server.url,
      `${READ}
${READ}
attempt(lambda: client_of().operations.viewer())
print([int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM:')][0])`,
    );
    expect(lines.slice(0, 3)).toEqual(['alice', 'BAD_RESPONSE', 'BAD_RESPONSE']);
    // In KiB, of 1 GiB that was sent.
    expect(Number(lines[3])).toBeLessThan(200 * 1024);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['headers', (response) => response.socket?.write('HTTP/1.1 200 OK\r\ncontent-type: ')],
    ['a body', (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{')],
  ])('whose server sends %s byte by byte does not outlast the timeout', async (_, begin) => {
    await using server = await startFakeServer((response) => {
      begin(response);
      const timer = setInterval(() => response.socket?.write('a'), 50);
      response.on('close', () => clearInterval(timer));
    });
    expect(await run(server.url, READ)).toEqual(['TIMEOUT']);
  });

  it('that is cut is an interruption: a query is repeated, a mutation without key is not', async () => {
    const cut = (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{');
      setTimeout(() => response.destroy(), 50);
    };
    const cutGzip = (response: ServerResponse) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync(VIEWER).subarray(0, 20));
    await using server = await startFakeServer(cut, cutGzip, sendJson, cut);
    const lines = await run(server.url, `${READ}\nattempt(lambda: client_of().runs.cancel('run_1'))`);
    expect(lines).toEqual(['alice', 'UNAVAILABLE']);
    expect(server.requests.length).toBe(4);
  });

  it('of a proxy without its server is waited out', async () => {
    await using server = await startFakeServer(
      sendPage(502),
      (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
      sendJson,
      sendPage(503),
      (response) => openStream(response).end(logBatch('one') + COMPLETE),
    );
    const lines = await run(
      server.url,
      `
begin = time.monotonic()
attempt(lambda: client_of().operations.viewer()['username'])
print(time.monotonic() - begin >= 1)
${READ_LOG}`,
    );
    expect(lines).toEqual(['alice', 'True', 'one']);
    expect(server.requests.length).toBe(5);
  });

  it.each<[string, (response: ServerResponse) => unknown, string]>([
    ['a page', sendPage(200), 'BAD_RESPONSE'],
    ['a page that is missing', sendPage(404), 'NOT_FOUND'],
    [
      'JSON of something else',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[]'),
      'BAD_RESPONSE',
    ],
    ['that the token is refused', sendPage(401), 'UNAUTHENTICATED'],
    ['a redirect', (response) => response.writeHead(307, { location: '/elsewhere' }).end(), 'BAD_RESPONSE'],
  ])('with %s is an error at once', async (_, answer, code) => {
    await using server = await startFakeServer(answer);
    const stream = "attempt(lambda: next(client_of().runs.logs('run_1')))";
    const transfer = "attempt(lambda: client_of().upload(b'a', name='a')['digest'])";
    const lines = await run(server.url, `${READ}\n${stream}\n${transfer}`);
    expect(lines).toEqual([code, code, code]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/graphql', '/graphql', '/artifacts?name=a']);
  });
});

describe('a download', () => {
  it('that is cut is no shorter file', async () => {
    await using server = await startFakeServer((response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('a'.repeat(999));
      setTimeout(() => response.destroy(), 50);
    });
    expect(await run(server.url, "attempt(lambda: client_of().download('0' * 64).read())")).toEqual(['UNAVAILABLE']);
  });
});

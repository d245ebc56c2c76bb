import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { CLIENT, outputOf, startPython } from './python-program.ts';

let dataDir: string;
let server: Server;
let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
let token: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'signalbox-python-'));
  server = await startServer({ dataDir });
  proxy = await startCuttingProxy(Number(new URL(server.url).port));
  token = await tokenFor('admin', { roles: ['admin'] });
});
afterAll(async () => {
  await proxy?.stop();
  await server?.stop('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

/** The cursors of the events after one, or of all. */
async function journal(after?: string): Promise<string[]> {
  const cursors: string[] = [];
  for (let cursor = after; ; ) {
    const page = 'query ($after: Cursor) { events(after: $after, first: 1000) { cursor caughtUp events { cursor } } }';
    const { events } = (await server.query(page, { after: cursor }, token)).data;
    cursors.push(...events.events.map((event: { cursor: string }) => event.cursor));
    if (events.caughtUp) return cursors;
    cursor = events.cursor;
  }
}

const CONVERT = `mutation ($input: ConvertToJsonInput!) { convertToJson(input: $input) { __typename } }`;
const convert = (text: string) =>
  server.query(CONVERT, { input: { source: { text: { text, mediaType: 'text/csv' } } } }, token);

describe('the Python client', () => {
  it('loses and repeats no event when the server is killed and started again', async () => {
    await convert('a\n0\n');
    const begin = (await journal()).at(-1) ?? '';
    const reading = startPython(
      `${CLIENT}
for event in client.events(after=os.environ['AFTER'], batch=3): print(event['cursor'], flush=True)`,
      { url: proxy.url, token, env: { AFTER: begin } },
    );
    try {
      await convert('a\n1\n');
      const before = await journal(begin);
      await expect.poll(() => reading.lines.length).toBeGreaterThanOrEqual(before.length);
      await server.stop('SIGKILL');
      server = await startServer({ dataDir });
      proxy.redirect(Number(new URL(server.url).port));
      await convert('a\n2\n');
      const all = await journal(begin);
      expect(all.length).toBeGreaterThan(before.length);
      await expect.poll(() => reading.lines.length).toBeGreaterThanOrEqual(all.length);
      expect(reading.lines).toEqual(await journal(begin));
      // Only the warnings of its interruptions.
      expect(reading.errors.filter((line) => !line.includes('Next attempt in'))).toEqual([]);
    } finally {
      reading.child.kill();
      await reading.ended;
    }
  });

  it.each<[string, RequestListener, string, number]>([
    [
      'follows no redirect',
      (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
      'BAD_RESPONSE',
      1,
    ],
    [
      'rejects invalid UTF-8',
      (_, response) =>
        response.setHeader('content-type', 'text/event-stream').end('event: next\ndata: {"\xff"}\n\n', 'latin1'),
      'BAD_RESPONSE',
      1,
    ],
    [
      'takes half an event for an interruption',
      (_, response) => response.setHeader('content-type', 'text/event-stream').end('event: next\ndata: {"data":'),
      'TIMEOUT',
      2,
    ],
  ])('%s', async (_, listener, code, requests) => {
    const paths: string[] = [];
    const hostile = createServer((request, response) => {
      paths.push(request.url ?? '');
      listener(request, response);
    }).listen(0, '127.0.0.1');
    try {
      await once(hostile, 'listening');
      const url = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
      const lines = await outputOf(
        `
import logging
logging.disable()
try: next(client.operations.run_updates('run_1', timeout=2))
except SignalboxError as error: print(error.code)`,
        { url, token },
      );
      expect(lines).toEqual([code]);
      expect(paths.length).toBeGreaterThanOrEqual(requests);
      expect(new Set(paths)).toEqual(new Set(['/graphql']));
    } finally {
      hostile.close();
    }
  });
});

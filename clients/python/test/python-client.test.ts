import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';

const folder = resolve(import.meta.dirname, '..');
const hasMypy = spawnSync('python3', ['-m', 'mypy', '--version']).status === 0;

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

/** Runs a Python program that may import the client. */
function python(program: string, env: Record<string, string> = {}) {
  const child = spawn('python3', ['-c', program], {
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      SIGNALBOX_URL: server.url,
      SIGNALBOX_TOKEN: token,
      ...env,
    },
  });
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  createInterface(child.stderr).on('line', (line) => errors.push(line));
  return { child, lines, errors, ended: once(child, 'close').then(([code]) => code as number | null) };
}

const CLIENT = `
import os
from signalbox import Client, Refused, SignalboxError
client = Client(os.environ['SIGNALBOX_URL'], token=os.environ['SIGNALBOX_TOKEN'], retry_seconds=100)
`;

async function outputOf(program: string, env?: Record<string, string>): Promise<readonly string[]> {
  const { lines, errors, ended } = python(`${CLIENT}${program}`, env);
  expect([await ended, errors]).toEqual([0, []]);
  return lines;
}

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
  it('runs the program of its README', async () => {
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    const [, program = ''] = /```python\n(.*?)```/s.exec(readme) ?? [];
    const { lines, errors, ended } = python(program);
    expect([await ended, errors]).toEqual([0, []]);
    expect(lines).toContain('words SUCCEEDED');
    expect(lines.at(-1)).toBe("SUCCEEDED ['words']");
  });

  it('returns what a command makes, and waits for its run', async () => {
    const lines = await outputOf(`
outcome = client.convert_to_json({'source': {'text': {'text': 'a\\n1\\n', 'mediaType': 'text/csv'}}})
print(outcome['resource']['json']['rows'][0]['a'], client.wait(outcome['run']['id'])['state'])`);
    expect(lines).toEqual(['1 SUCCEEDED']);
  });

  it('signs in, and renews the token', async () => {
    const lines = await outputOf(`
mine = Client(os.environ['SIGNALBOX_URL'])
print(mine.sign_in('alice', 'alice')['principal']['username'])
mine.renew_session()
print(mine.viewer()['username'])`);
    expect(lines).toEqual(['alice', 'alice']);
  });

  it('raises refusals and errors with their code', async () => {
    const lines = await outputOf(`
try: client.cancel_run({'runId': 'run_unknown'})
except Refused as error: print(error.code, error.details['__typename'])
try: Client(os.environ['SIGNALBOX_URL'], token='wrong').run_page()
except SignalboxError as error: print(error.code)`);
    expect(lines).toEqual([expect.stringMatching(/^(NOT_FOUND|BAD_INPUT) Refusal$/), 'UNAUTHENTICATED']);
  });

  it('loses and repeats no event when the server is killed and started again', async () => {
    await convert('a\n0\n');
    const begin = (await journal()).at(-1) ?? '';
    const reading = python(
      `${CLIENT}
for batch in client.events(after=os.environ['AFTER'], batch=3):
    for event in batch['events']: print(event['cursor'], flush=True)`,
      { SIGNALBOX_URL: proxy.url, AFTER: begin },
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
      expect(reading.errors).toEqual([]);
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
      'UNAVAILABLE',
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
try: next(Client(os.environ['SIGNALBOX_URL'], token='t', retry_seconds=2).run_updates('run_1'))
except SignalboxError as error: print(error.code)`,
        { SIGNALBOX_URL: url },
      );
      expect(lines).toEqual([code]);
      expect(paths.length).toBeGreaterThanOrEqual(requests);
      expect(new Set(paths)).toEqual(new Set(['/graphql']));
    } finally {
      hostile.close();
    }
  });

  // Needs mypy of the python3 in PATH.
  it.skipIf(!hasMypy)('passes mypy --strict, with the program of its README', async () => {
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    const [, program = ''] = /```python\n(.*?)```/s.exec(readme) ?? [];
    for (const what of [['signalbox'], ['-c', program]]) {
      const { stdout } = spawnSync('python3', ['-m', 'mypy', '--strict', '--cache-dir=/dev/null', ...what], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stdout).toMatch(/^Success/);
    }
  });
});

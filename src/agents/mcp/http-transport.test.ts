import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createTestSession,
  type TestSession,
  type TestSessionOptions,
} from '../../../test/support/agents/agent-session.ts';
import type { Sandbox } from '../../core/programs/sandbox.ts';
import type { JsonObject } from '../../lib/json.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import { createOutgoing } from '../../resources/outgoing/outgoing.ts';
import { connectMcp, type McpConnection } from './client.ts';

const EVERYTHING = join(
  import.meta.dirname,
  '../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** HTTP starts no program. */
const sandbox: Sandbox = { kind: 'none', spawn: () => Promise.reject(new Error('started a program')) };

async function connect(
  serverUrl: string,
  options: {
    readonly headers?: Record<string, string>;
    readonly allowed?: readonly string[];
  } & TestSessionOptions = {},
): Promise<{ connection: McpConnection; session: TestSession }> {
  const session = createTestSession(options);
  const allowedPrivateHosts = options.allowed ?? [new URL(serverUrl).host];
  const outgoing = createOutgoing({ version: '0', allowedPrivateHosts, headerTimeoutMs: 2_000 });
  closing.push(() => outgoing.close());
  const programLimits = { memoryBytes: 0, processes: 0, cpuSeconds: 0, fileBytes: 0 };
  const deps = { sandbox, outgoing, canonicalize: canonicalUri, version: '0', programLimits, readPaths: [] };
  const connection = await connectMcp(
    { serverUrl, ...(options.headers && { headers: options.headers }) },
    deps,
    session,
  );
  closing.push(() => connection.close());
  return { connection, session };
}

/** A call that lasts longer than a test, and reports its progress every 100 ms. */
const LONG = { duration: 600, steps: 6_000 };
const progress = (session: TestSession) =>
  expect.poll(() => session.payloads('STEP_PROGRESS').length).toBeGreaterThan(0);

/** The reference server on a free port. */
async function everything(
  mode: 'streamableHttp' | 'sse',
): Promise<{ url: string; server: ChildProcess; output(): string }> {
  const port = await freePort();
  const server = spawn(process.execPath, [EVERYTHING, mode], { env: { PORT: String(port) }, stdio: 'pipe' });
  closing.push(() => server.kill('SIGKILL'));
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (text) => (output += text));
  await expect.poll(() => output).toMatch(/running on port|listening on port/);
  return { url: `http://127.0.0.1:${port}${mode === 'sse' ? '/sse' : '/mcp'}`, server, output: () => output };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

type Answer = (
  call: { readonly id: number; readonly method: string },
  res: ServerResponse,
  req: IncomingMessage,
) => void;

/** A server with a correct handshake, and then the responses of the test. */
async function broken(answer: Answer, ofHandshake = false): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer(async (req, res) => {
    requests.push(`${req.method} ${req.headers['mcp-session-id'] ?? '-'}`);
    if (req.method !== 'POST') return void res.writeHead(405).end();
    const call = (await json(req)) as { id: number; method: string };
    if (!ofHandshake && call.method === 'initialize') {
      const serverInfo = { name: 'broken', version: '1' };
      res.setHeader('mcp-session-id', 'one');
      return sendJson(res, {
        id: call.id,
        result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo },
      });
    }
    if (call.id === undefined) return void res.writeHead(202).end();
    if (!ofHandshake && call.method === 'server/discover') {
      return sendJson(res, { id: call.id, error: { code: -32_601, message: 'unknown method' } });
    }
    answer(call, res, req);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, requests };
}

function sendJson(res: ServerResponse, message: JsonObject): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', ...message }));
}

const eventStream = (res: ServerResponse) => res.writeHead(200, { 'content-type': 'text/event-stream' });

describe('an MCP server over streamable HTTP', () => {
  it('calls the reference server, reports progress and ends the session', async () => {
    const { url, output } = await everything('streamableHttp');
    const { connection, session } = await connect(url);
    expect(connection.uri.href).toBe(url);
    const tools = await connection.tools();
    expect(tools.map(({ name }) => name)).toContain('get-sum');
    const sum = await connection.call('get-sum', { a: 2, b: 3 }, session.signal);
    expect(sum).toMatchObject({ text: 'The sum of 2 and 3 is 5.' });
    await connection.call('trigger-long-running-operation', { duration: 0.2, steps: 2 }, session.signal);
    expect(session.payloads('STEP_PROGRESS')).toContainEqual({ percent: 50 });
    await connection.close();
    await expect.poll(output).toContain('Received session termination request');
  });

  it('fails when the server dies during a call', async () => {
    const { url, server } = await everything('streamableHttp');
    const { connection, session } = await connect(url);
    const call = connection.call('trigger-long-running-operation', LONG, session.signal);
    call.catch(() => {});
    await progress(session);
    server.kill('SIGKILL');
    await expect(call).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
  });

  it('ends the session when the step is cancelled', async () => {
    const { url, output } = await everything('streamableHttp');
    const { connection, session } = await connect(url);
    const call = connection.call('trigger-long-running-operation', LONG, session.signal);
    call.catch(() => {});
    await progress(session);
    session.stop.abort();
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await connection.close();
    await expect.poll(output).toContain('Received session termination request');
  });

  it('sends the configured headers with secrets resolved', async () => {
    const seen: unknown[] = [];
    const { url } = await broken((call, res, req) => {
      seen.push(req.headers.authorization);
      sendJson(res, { id: call.id, result: { tools: [] } });
    });
    const headers = { Authorization: 'Bearer secret:API_KEY' };
    const { connection, session } = await connect(url, { headers, secrets: { API_KEY: 's3cret' } });
    expect(await connection.tools()).toEqual([]);
    expect(seen).toEqual(['Bearer s3cret']);
    expect(session.authorized).toEqual([`secret:API_KEY ${url}`]);
    await expect(connect(url, { headers })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('reaches only public addresses', async () => {
    const { url } = await broken(() => {});
    await expect(connect(url, { allowed: [] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(connect('data:text/plain,x')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it.each<[string, string, RegExp, Answer]>([
    [
      'ends the stream without a response',
      'RESOURCE_UNREACHABLE',
      /closed the connection/,
      (_, res) => eventStream(res).end(),
    ],
    [
      'answers something else',
      'RESOURCE_UNREACHABLE',
      /closed the connection/,
      (_, res) => sendJson(res, { id: 99, result: {} }),
    ],
    [
      'sends no MCP',
      'RESOURCE_UNREACHABLE',
      /does not speak MCP/,
      (_, res) => res.setHeader('content-type', 'application/json').end('{"a":1}'),
    ],
    [
      'sends no JSON',
      'RESOURCE_UNREACHABLE',
      /does not speak MCP/,
      (_, res) => res.setHeader('content-type', 'application/json').end('<p>'),
    ],
    [
      'sends a page',
      'RESOURCE_UNREACHABLE',
      /content type/,
      (_, res) => res.setHeader('content-type', 'text/html').end('<p>'),
    ],
    ['cuts the connection', 'RESOURCE_UNREACHABLE', /closed the connection/, (_, res) => res.destroy()],
    [
      'cuts the stream',
      'RESOURCE_UNREACHABLE',
      /closed the connection/,
      (_, res) => eventStream(res).write(': wait\n\n', () => setTimeout(() => res.destroy(), 50)),
    ],
    ['rejects the credentials', 'FORBIDDEN', /status 401/, (_, res) => res.writeHead(401).end()],
    ['is unavailable', 'UNAVAILABLE', /status 503.*broken pipe/, (_, res) => res.writeHead(503).end('broken pipe')],
    ['redirects', 'RESOURCE_UNREACHABLE', /redirects/, (_, res) => res.writeHead(307, { location: '/other' }).end()],
    [
      'sends without end',
      'RESOURCE_TOO_LARGE',
      /bytes/,
      (_, res) => {
        const more = () => void res.write(`data: ${'x'.repeat(2 ** 20)}\n`, more);
        eventStream(res);
        more();
      },
    ],
  ])('that %s fails with %s', async (_, code, message, answer) => {
    const { url } = await broken(answer);
    const { connection, session } = await connect(url);
    const call = connection.call('echo', {}, session.signal);
    await expect(call).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('that fails the handshake with a server error is not tried over SSE', async () => {
    const { url, requests } = await broken((_, res) => res.writeHead(500).end(), true);
    await expect(connect(url)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(requests).toEqual(['POST -', 'POST -']);
  });
});

describe('an MCP server over HTTP with SSE', () => {
  it('detects and calls the reference server', async () => {
    const { url } = await everything('sse');
    const { connection, session } = await connect(url);
    const sum = await connection.call('get-sum', { a: 2, b: 3 }, session.signal);
    expect(sum).toMatchObject({ text: 'The sum of 2 and 3 is 5.' });
    await connection.call('trigger-long-running-operation', { duration: 0.2, steps: 2 }, session.signal);
    expect(session.payloads('STEP_PROGRESS')).toContainEqual({ percent: 50 });
  });

  it('fails when the server dies during a call, and ends when the step is cancelled', async () => {
    const { url, server } = await everything('sse');
    const first = await connect(url);
    const cancelled = first.connection.call('trigger-long-running-operation', LONG, first.session.signal);
    cancelled.catch(() => {});
    await progress(first.session);
    first.session.stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    const second = await connect(url);
    const cut = second.connection.call('trigger-long-running-operation', LONG, second.session.signal);
    cut.catch(() => {});
    await progress(second.session);
    server.kill('SIGKILL');
    await expect(cut).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
  });

  it('rejects a server that names another origin for messages', async () => {
    const server = createServer((req, res) => {
      if (req.method === 'POST') return void res.writeHead(404).end();
      eventStream(res).write('event: endpoint\ndata: http://127.0.0.1:1/elsewhere\n\n');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`;
    await expect(connect(url)).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
  });
});

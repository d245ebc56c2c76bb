import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { valueStep, workflowSource } from '../support/workflow/workflow-source.ts';

const TOKEN = 'token-of-the-api-1234';

interface Received {
  readonly method: string | undefined;
  readonly at: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let api: WebServer;
let users: TestUsers;
let received: Received[];
let respond: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  api = await startWebServer(async (request, response) => {
    const { method, headers } = request;
    received.push({ method, at: performance.now(), headers, body: await text(request) });
    respond(request, response);
  });
  server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: api.host, SECRET_API_TOKEN: TOKEN } });
  users = await createTestUsers(server);
});
beforeEach(() => {
  received = [];
});
afterAll(async () => {
  await server?.stop('SIGKILL');
  await api?.close();
});

const json = (response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

const httpStep = (id: string, input: object, more: object = {}) => ({ id, kind: 'http', input, ...more });

describe('a step of kind http', () => {
  it('succeeds with any status of 2xx, also one that nobody knows', async () => {
    respond = (_, response) => json(response, { data: null, errors: [{ message: 'no' }] }, 294);
    const run = await users.start(workflowSource('partial', httpStep('get', { url: api.url })), {}, 'admin');
    expect(run.steps[0]).toMatchObject({ state: 'SUCCEEDED', output: { data: null, errors: [{ message: 'no' }] } });
    respond = (_, response) => json(response, {}, 499);
    const failed = await users.start(workflowSource('closed', httpStep('get', { url: api.url })), {}, 'admin');
    expect(failed.steps[0]).toMatchObject({ state: 'FAILED', error: { code: 'BAD_INPUT' } });
  });

  it('is retried when the service says so, with the same Idempotency-Key, and keeps the secret out of the journal', async () => {
    respond = (request, response) => {
      if (received.length === 1) json(response, { why: 'slow down' }, 429, { 'retry-after': '1' });
      else if (received.length === 2) response.writeHead(500).end(`${request.headers.authorization}`);
      else json(response, { echo: request.headers.authorization, id: 12 }, 201);
    };
    const source = workflowSource(
      'order',
      valueStep('data', { a: 'x y' }),
      httpStep(
        'send',
        {
          method: 'POST',
          url: `${api.url}/orders`,
          auth: { bearer: 'API_TOKEN' },
          json: { of: '{{ steps.data.output }}' },
        },
        { retry: { max_attempts: 3, backoff_ms: 1 } },
      ),
    );
    const run = await users.start(source, {}, 'admin');
    expect(run).toMatchObject({ state: 'SUCCEEDED', steps: [{}, { kind: 'HTTP', attempt: 3, output: { id: 12 } }] });
    expect(received.map(({ body }) => JSON.parse(body))).toEqual(Array(3).fill({ of: { a: 'x y' } }));
    expect(received.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(`Bearer ${TOKEN}`));
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect((received[1] as Received).at - (received[0] as Received).at).toBeGreaterThan(990);
    const files = await readdir(server.dataDir, { recursive: true, withFileTypes: true });
    const stored = files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), 'latin1'));
    const kept = (await Promise.all(stored)).join('\n');
    expect(kept).toContain('step:http');
    expect(kept + server.log.join('\n')).not.toContain(TOKEN);
  });

  it('asks the policy for step:http on its URL, and on the redirects and pages that follow', async () => {
    respond = (request, response) => {
      if (request.url === '/list') response.writeHead(302, { location: '/pages/1' }).end();
      else json(response, [request.url], 200, request.url === '/pages/1' ? { link: '</pages/2>; rel="next"' } : {});
    };
    const step = httpStep('list', { url: `${api.url}/list`, pages: {} });
    const run = await users.start(workflowSource('list', step));
    expect(run.steps[0]).toMatchObject({ state: 'SUCCEEDED', output: ['/pages/1', '/pages/2'] });
    const { events } = await users.ask(
      `query ($id: ID!) { events(filter: { runId: $id, types: [POLICY_DECIDED] }) { events {
        ... on PolicyDecided { decision { action uri } }
      } } }`,
      { id: run.id },
    );
    const asked = events.events.map(({ decision }: { decision: object }) => decision);
    expect(asked.filter(({ action }: { action: string }) => action === 'step:http')).toEqual(
      ['/list', '/pages/1', '/pages/2'].map((path) => ({ action: 'step:http', uri: `${api.url}${path}` })),
    );
    expect(await users.start(workflowSource('list', step), {}, 'bob')).toMatchObject({ state: 'DENIED' });
  });

  it('does not connect to a private address that is not allowed', async () => {
    const run = await users.start(workflowSource('inner', httpStep('get', { url: 'http://127.0.0.1:9/' })));
    expect(run).toMatchObject({
      state: 'DENIED',
      error: { code: 'FORBIDDEN', message: expect.stringMatching(/not public/) },
    });
  });

  it('is what a node of type http becomes, whose output is the source of the next node', async () => {
    respond = (_, response) => {
      const { of } = JSON.parse((received[0] as Received).body);
      response.writeHead(200, { 'content-type': 'text/csv' }).end(`a
${of}
`);
    };
    const document = {
      nodes: [
        {
          id: 'ask',
          type: 'http',
          url: `${api.url}/rows`,
          method: 'post',
          headers: { 'X-A': 'b' },
          body: { of: '{{ x }}' },
        },
        { id: 'rows', type: 'command', command_type: 'converttojson', input: 'ask' },
      ],
      outputs: ['rows'],
    };
    const run = await users.start({ document });
    expect(run.outputs[0]?.value).toMatchObject({ rows: [{ a: '{{ x }}' }] });
    expect(received).toMatchObject([{ method: 'POST', headers: { 'x-a': 'b' }, body: '{"of":"{{ x }}"}' }]);
  });
});

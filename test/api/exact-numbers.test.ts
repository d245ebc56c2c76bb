import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMcp } from '../support/mcp/connect-mcp.ts';
import { type Server, startServer } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { valueStep, workflowSource } from '../support/workflow/workflow-source.ts';

/** 2^53 + 1, which a number of JavaScript cannot be. */
const ID = '9007199254740993';
const refusal = (number: string) =>
  expect.stringContaining(`The number ${number} cannot be kept exactly. Write it as text`);
const AGENT = 'mutation ($context: JSON) { runAgent(input: { context: $context }) { __typename } }';

let server: Server;
let web: WebServer;
let users: TestUsers;
beforeAll(async () => {
  web = await startWebServer((_, res) => {
    res
      .setHeader('content-type', 'application/json')
      .end(`{"id": ${ID}, "rows": [{"id": ${ID}}, {"id": 2}], "n": 1.50}`);
  });
  server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: web.host } });
  users = await createTestUsers(server);
});
afterAll(async () => {
  await server.stop();
  await web.close();
});

describe('a number that JavaScript would alter', () => {
  const request = (init: RequestInit, query = '') =>
    server.fetch(`/graphql${query}`, {
      ...init,
      headers: { 'content-type': 'application/json', 'graphql-require-preflight': '1' },
      token: users.tokens.admin,
    });

  it.each([ID, '1e400', '-1e-400'])('is refused in the variables of a POST, and of a GET: %s', async (number) => {
    const variables = `{"context": {"of": [${number}]}}`;
    const body = `{"query": ${JSON.stringify(AGENT)}, "variables": ${variables}}`;
    const params = new URLSearchParams({ query: 'query ($context: JSON) { __typename }', variables });
    for (const response of [await request({ method: 'POST', body }), await request({}, `?${params}`)]) {
      const { errors } = (await response.json()) as { errors: unknown[] };
      expect(response.status).toBe(400);
      expect(errors).toMatchObject([{ message: refusal(number), extensions: { code: 'BAD_INPUT' } }]);
    }
  });

  it('is refused in a document, at its place', async () => {
    const document = AGENT.replace('$context: JSON', '').replace('()', '').replace('$context', `{ of: ${ID} }`);
    const { status, errors } = await server.query(document, {}, users.tokens.admin);
    expect([status, errors]).toMatchObject([
      422,
      [{ message: refusal(ID), locations: [{ line: 1 }], extensions: { code: 'BAD_INPUT' } }],
    ]);
  });

  it('is refused on a WebSocket, whose other operations continue', async () => {
    await using socket = await openSocket(server, users.tokens.admin);
    const watched = socket.watchAny('subscription { events { cursor } }');
    await until('it stands', () => watched.results.length > 0);
    const payload = `{"query": "{ __typename }", "variables": {"a": ${ID}}}`;
    const answered = new Promise((resolve) =>
      socket.socket.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.id === 'lossy') resolve(message);
      }),
    );
    socket.socket.send(`{"type": "subscribe", "id": "lossy", "payload": ${payload}}`);
    expect(await answered).toMatchObject({ type: 'error', payload: [{ message: refusal(ID) }] });
    expect(watched.errors).toEqual([]);
  });

  it('is refused in a message to /mcp, with the id of the request', async () => {
    const params = `{"name": "fetch", "arguments": {"source": {"uri": "data:,x"}, "n": ${ID}}}`;
    const response = await server.fetch('/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: `{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": ${params}}`,
      token: users.tokens.admin,
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { id: 7, error: { code: -32_602, message: refusal(ID) } },
    ]);
  });

  it.each([
    ['native', `name: big\nsteps:\n  - { id: a, kind: transform, input: { data: ${ID}, expression: "$" } }\n`, ID],
    ['native', 'name: big\nsteps:\n  - { id: a, kind: sleep, input: { ms: 0x20000000000001 } }\n', '0x20000000000001'],
    ['JSON', `{"steps": [{"command": "convertToXml",\n "options": {"data": {"a": 1e400}}}]}`, '1e400'],
  ])('is refused in a workflow (%s), with its line', async (_, yaml, number) => {
    const document =
      'query ($yaml: String!) { validateWorkflow(source: { yaml: $yaml }) { problems { message line } } }';
    const { validateWorkflow } = await users.ask(document, { yaml });
    expect(validateWorkflow.problems).toContainEqual(
      expect.objectContaining({ message: refusal(number), line: expect.any(Number) }),
    );
  });
});

describe('JSON of a service', () => {
  const get = (more: object = {}, id = 'get') => ({ id, kind: 'http', input: { url: web.url }, ...more });
  const STEPS = 'query ($id: ID!) { run(id: $id) { steps { key output resource { text json } } } }';

  it('keeps its digits in the output of the step, in text and as JSON', async () => {
    const run = await users.start(workflowSource('digits', get()), {}, 'admin');
    const response = await server.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: STEPS, variables: { id: run.id } }),
      token: users.tokens.admin,
    });
    const text = await response.text();
    expect(text).toContain(`"output":{"id":${ID},"rows":[{"id":${ID}},{"id":2}],"n":1.5}`);
    expect(text).toContain(`"json":{"id":${ID},"rows":[{"id":${ID}},{"id":2}],"n":1.5}`);
    const client = await connectMcp(server, users.tokens.admin);
    const result = await client.callTool({ name: 'fetch', arguments: { source: { uri: web.url } } });
    expect(result.content).toMatchObject([{ text: expect.stringContaining(ID) }]);
    await client.close();
  });

  it('keeps them in an expression that makes text, and the other values are free to use', async () => {
    const data = {
      id: '{{ steps.get.output.id | string }}',
      url: 'x/{{ steps.get.output.id | string }}',
      n: '{{ steps.get.output.n }}',
    };
    const run = await users.start(workflowSource('words', get(), valueStep('say', data)), {}, 'admin');
    expect(run.steps.at(-1)).toMatchObject({ state: 'SUCCEEDED', output: { id: ID, url: `x/${ID}`, n: 1.5 } });
  });

  it.each(['steps.get.output.id', 'steps.get.output', 'steps.get.output.rows[0]'])(
    'is refused where {{ %s }} would be a number',
    async (expression) => {
      const source = workflowSource('number', get(), valueStep('say', `{{ ${expression} }}`));
      const run = await users.start(source, {}, 'admin');
      expect(run.steps.at(-1)).toMatchObject({
        state: 'FAILED',
        error: { code: 'BAD_INPUT', message: expect.stringContaining(`${ID} is too large to keep all its digits`) },
      });
    },
  );

  it('keeps them in the list of a for_each', async () => {
    const each = get({ for_each: '[1, 2]' }, 'each');
    const run = await users.start(workflowSource('list', each), {}, 'admin');
    const { run: read } = await users.ask(STEPS, { id: run.id }, 'admin');
    expect(read.steps[0].resource.text.match(new RegExp(ID, 'g'))).toHaveLength(4);
  });

  it.each([{ response: 'full' }, { pages: { items: '$.rows' } }])(
    'is refused by a step that takes it apart: %j',
    async (how) => {
      const step = get({ input: { url: web.url, ...how } });
      const run = await users.start(workflowSource('parts', step), {}, 'admin');
      expect(run.steps[0]).toMatchObject({ state: 'FAILED', error: { code: 'BAD_INPUT', message: refusal(ID) } });
    },
  );
});

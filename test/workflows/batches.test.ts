import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { workflowSource } from '../support/workflow/workflow-source.ts';

const ROWS = 12_500;
const BATCH = 1_000;

const numbers = Array.from({ length: ROWS }, (_, i) => i);
const SOURCES: Readonly<Record<string, readonly [mediaType: string, text: string]>> = {
  '/rows.csv': ['text/csv', `n;text\n${numbers.map((n) => `${n};"a;\n${n}"\n`).join('')}`],
  '/rows.ndjson': ['application/x-ndjson', numbers.map((n) => `{"n":"${n}","text":"a;\\n${n}"}\n`).join('')],
  '/rows.json': ['application/json', JSON.stringify(numbers.map((n) => ({ n: `${n}`, text: `a;\n${n}` })))],
};

const serveSources = ({ url = '' }: IncomingMessage, response: ServerResponse) => {
  const [mediaType, text] = SOURCES[url] ?? [];
  response.writeHead(text === undefined ? 404 : 200, { 'content-type': mediaType ?? 'text/plain' }).end(text);
};

/** Counts the rows of each batch, and adds up their numbers. */
const sums = (uri: string) => ({
  id: 'sums',
  kind: 'transform',
  for_each: { source: { uri } },
  batch: BATCH,
  input: { data: '{{ item }}', expression: '{"count": $count(n), "sum": $sum(n.$number())}' },
});

describe('for_each with batch', () => {
  let web: WebServer;
  let server: Server;
  let users: TestUsers;
  beforeAll(async () => {
    web = await startWebServer(serveSources);
    server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: web.host } });
    users = await createTestUsers(server);
  });
  afterAll(async () => {
    await server?.stop('SIGKILL');
    await web?.close();
  });

  it.each(Object.keys(SOURCES))('runs once for each batch of the rows of %s, which are in no event', async (path) => {
    const run = await users.start(workflowSource('sums', sums(`${web.url}${path}`)));
    expect(run).toMatchObject({ state: 'SUCCEEDED' });
    const output: readonly { count: number; sum: number }[] = run.steps[0].output;
    expect(output.map(({ count }) => count)).toEqual([...Array(12).fill(BATCH), 500]);
    expect(output.reduce((all, { sum }) => all + sum, 0)).toBe((ROWS * (ROWS - 1)) / 2);
    const { run: more, events } = await users.ask(
      `query ($id: ID!) {
        run(id: $id) { artifacts { nodes { mediaType step { key } } } steps { items(first: 2) { nodes { key input } } } }
        events(filter: { runId: $id }, first: 1000) { events { __typename ... on PolicyDecided { decision { action uri } } } }
      }`,
      { id: run.id },
    );
    expect(more.artifacts.nodes).toMatchObject([{ step: { key: 'sums' } }]);
    expect(more.steps[0].items.nodes[1]).toMatchObject({ key: 'sums[1]', input: { data: '{{ item }}' } });
    expect(events.events).toContainEqual(
      expect.objectContaining({ decision: { action: 'command:fetch', uri: `${web.url}${path}` } }),
    );
  });

  it('takes a list too, and the output of convertToJson', async () => {
    const convert = {
      id: 'rows',
      kind: 'command',
      command: 'convertToJson',
      input: { source: { uri: `${web.url}/rows.csv` } },
    };
    const count = { kind: 'transform', batch: 5_000, input: { data: '{{ item }}', expression: '$count($)' } };
    const run = await users.start(
      workflowSource(
        'lists',
        convert,
        { id: 'list', ...count, for_each: '{{ steps.rows.output.rows }}' } as never,
        { id: 'uri', ...count, for_each: { source: { uri: '{{ steps.rows.resource.uri }}' } } } as never,
        { id: 'none', ...count, for_each: [] } as never,
        { id: 'other', ...count, for_each: '{{ 1 }}', continue_on_error: true } as never,
      ),
    );
    const outputs = run.steps.map(({ key, output }: { key: string; output: unknown }) => [key, output]);
    expect(outputs.slice(1, 4)).toEqual([
      ['list', [5_000, 5_000, 2_500]],
      ['uri', [5_000, 5_000, 2_500]],
      ['none', []],
    ]);
    expect(run.steps[4].error).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/requires a list, or a source/),
    });
  });
});

describe('a run with batches', () => {
  it('continues after kill -9 with the batches that are left, in which every row is', async () => {
    const batches = new Map<string, readonly string[]>();
    let posts = 0;
    let hold = true;
    await using api = await startWebServer(async (request, response) => {
      if (request.method === 'GET') return serveSources(request, response);
      const rows = (await json(request)) as readonly string[];
      posts += 1;
      // The server is killed while some batches have been answered, and others have not.
      if (hold && posts > 5) return;
      batches.set(String(request.headers['idempotency-key']), rows);
      response.writeHead(204).end();
    });
    const env = { ALLOWED_PRIVATE_HOSTS: api.host };
    await using folder = await createTempFolder();
    const options = { env, dataDir: folder.path };
    const first = await startServer(options);
    const before = await createTestUsers(first);
    const step = {
      ...sums(`${api.url}/rows.ndjson`),
      ...{ id: 'post', kind: 'http', max_parallel: 3, idempotent: true },
      input: { method: 'POST', url: `${api.url}/`, json: "{{ item | map(attribute='n') | list }}" },
    };
    const started = await before.start(workflowSource('post', step), { waitMs: 0 });
    await until('some batches are answered and others are not', async () => posts === 8);
    await first.stop('SIGKILL');
    hold = false;
    const answered = batches.size;
    await using second = await startServer(options);
    await (await createTestUsers(second)).reach(started.id, 'SUCCEEDED');
    expect([answered, batches.size, posts]).toEqual([5, 13, 8 + 8]);
    expect(
      [...batches.values()]
        .flat()
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(numbers);
  });
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const FOLDER = 'test/support/workflow/source-documents';
const CSV = readFileSync('examples/data/products.csv', 'utf8');
const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome { run { kind state error { code message } steps { key kind state } } resource { mediaType text } }
  ... on Refusal { code message path violations { path message } }
} }`;

let server: Server;
let web: WebServer;
let users: TestUsers;

const textOf = (name: string) =>
  readFileSync(`${FOLDER}/${name}`, 'utf8')
    .replaceAll('DATA_HOST', web.host)
    .replaceAll('EXAMPLES', resolve('examples'));
const execute = async (command: string, options: object) =>
  (await server.query(EXECUTE, { input: { command, options } }, users.tokens.admin)).data.execute;
const start = (yaml: string) => users.start({ yaml }, {}, 'admin');

beforeAll(async () => {
  web = await startWebServer((req, res) => {
    const schema = readFileSync('examples/schemas/products.json', 'utf8');
    if (req.url === '/products.csv') res.setHeader('content-type', 'text/csv').end(CSV);
    else if (req.url === '/health') res.setHeader('content-type', 'application/json').end('{"ok":true}');
    else res.setHeader('content-type', 'application/json').end(schema);
  });
  const roots = `/data=${resolve('examples/data')},/schemas=${resolve('examples/schemas')}`;
  server = await startServer({ env: { ALLOWED_LOCAL_ROOTS: roots, ALLOWED_PRIVATE_HOSTS: web.host } });
  users = await createTestUsers(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
});

describe('a document of another system', () => {
  it.each([
    ['products.dag.json', 'catalog_view'],
    ['health.dag.json', 'status'],
    ['agent.dag.json', 'report'],
    ['agent.json', 'output'],
    ['pipeline.json', 'output'],
    ['pipeline-with-agent.json', 'output'],
  ])('%s runs unchanged, and its output is %s', async (file, output) => {
    const run = await start(textOf(file));
    expect(run).toMatchObject({ state: 'SUCCEEDED', outputs: [{ name: output }] });
  });

  it('is refused with the line and column of an output that names no node', async () => {
    const broken = textOf('health.dag.json').replace('"source": "page"', '"source": "pages"');
    const { code, message } = await start(broken);
    expect({ code, message }).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/line 15, column 62: outputs\[0\] refers to "pages", which is not a node/),
    });
  });

  it.each(['pipeline.json', 'pipeline-with-agent.json'])(
    '%s is executed as a pipeline, with and without meta',
    async (file) => {
      const document = JSON.parse(textOf(file)) as { meta: { steps: object[] } };
      for (const request of [document, document.meta]) {
        const { run } = await execute('pipeline', request);
        expect(run).toMatchObject({ state: 'SUCCEEDED', steps: [{ state: 'SUCCEEDED' }, { state: 'SUCCEEDED' }] });
      }
    },
  );
});

describe('an envelope', () => {
  const all = JSON.parse(readFileSync(`${FOLDER}/envelopes.json`, 'utf8')) as { command?: string; request: object }[];
  const TODAY: readonly (readonly [string, object])[] = [
    ['convertToJson', { source: { uri: 'file:///data/products.csv' }, mode: 'CSV' }],
    ['convertToJson', { source: { bytes: { base64: 'YSxiCjEsMgo=' } }, mode: 'CSV' }],
    ['convertToJson', { source: { uri: 'file:///data/products.csv' }, schemaUri: 'file:///schemas/products.json' }],
    ['convertToXml', { source: { uri: 'data:application/json,%7B%22a%22%3A1%7D' }, rootElement: 'doc' }],
    ['convertToCsv', { source: { uri: 'data:application/json,%5B%7B%22a%22%3A1%7D%5D' } }],
    ['convertToBase64', { source: { uri: 'data:text/plain,abc' } }],
    ['render', { title: 'T', data: { name: 'Ann' }, template: '<p>{{ data.name }}</p>' }],
  ];

  it.each(TODAY.map(([name, options], i) => [all[i]?.command ?? '', i, name, options] as const))(
    'of %s (%i) gives what %s gives',
    async (command, i, name, options) => {
      const given = await execute(command, all[i]?.request ?? {});
      const { resource, run } = await execute(name, options);
      expect(run).toMatchObject({ state: 'SUCCEEDED' });
      expect(given.resource).toEqual(resource);
      expect(given.run.steps).toEqual(run.steps);
    },
  );

  it.each([
    [{ payload_b64: 'YQ==', input_uri: 'data:,a' }, 'both state source'],
    [{ payload_b64: 'no base64!' }, 'payload_b64 is not valid Base64'],
    [{ input_uri: 5 }, 'input_uri must be a string'],
    [{ input_uri: 'data:,a', meta: [] }, 'meta must be an object'],
  ])('%j is refused with its reason', async (request, message) => {
    expect(await execute('converttojson', request)).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    });
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../support/server.ts';
import type { TestUsers } from '../support/test-users.ts';
import type { WebServer } from '../support/web-server.ts';
import { startDocumentServer } from '../support/workflow/document-server.ts';

const FOLDER = 'test/support/workflow/source-documents';
const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome { run { id kind state error { code message } steps { key kind state } } resource { mediaType text } }
  ... on Refusal { code message path violations { path message } decision { canonicalUri } }
} }`;

let documents: Awaited<ReturnType<typeof startDocumentServer>>;
let server: Server;
let web: WebServer;
let users: TestUsers;

const textOf = (name: string) => documents.textOf(name);
const execute = async (command: string, options: object) =>
  (await server.query(EXECUTE, { input: { command, options } }, users.tokens.admin)).data.execute;
const start = (yaml: string) => users.start({ yaml }, {}, 'admin');

beforeAll(async () => {
  documents = await startDocumentServer();
  ({ server, web, users } = documents);
});

afterAll(() => documents?.close());

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

describe('the mutation pipeline', () => {
  const PIPELINE = `mutation ($input: PipelineInput!) { pipeline(input: $input) {
    ... on CommandOutcome { run { id kind state steps { kind state } } resource { mediaType text } }
    ... on Refusal { code message path }
  } }`;
  const pipeline = async (input: object) => (await server.query(PIPELINE, { input }, users.tokens.admin)).data.pipeline;

  it.each(['pipeline.json', 'pipeline-with-agent.json'])(
    'takes %s as its input, with and without meta',
    async (file) => {
      const document = JSON.parse(textOf(file)) as { meta: { steps: object[] } };
      const executed = await execute('pipeline', document);
      for (const input of [document, document.meta]) {
        const { run, resource } = await pipeline(input);
        expect(run).toMatchObject({ kind: 'PIPELINE', state: 'SUCCEEDED' });
        expect(resource).toEqual(executed.resource);
      }
    },
  );

  it.each([
    [{}, 'A pipeline has 1 to 100 steps; this one has 0'],
    [{ meta: [] }, 'meta must be an object of options'],
    [{ meta: { steps: [{ command: 'fetch' }] }, steps: [{ command: 'fetch' }] }, 'both state steps'],
    [{ steps: [{ command: 'fetch', request: { input_uri: 'data:,a', payload_b64: 'YQ==' } }] }, 'both state source'],
    [{ steps: [{ command: 'agent', request: {} }] }, 'The command agent needs an agent_node'],
    [{ steps: [{ agent_node: { role: 'r', goal: 'g', backend: 'telepathy' } }] }, 'backend'],
    [{ steps: [{ command: 'fetch', request: {}, options: {} }] }, 'not "options"'],
  ])('refuses %j with its reason', async (input, message) => {
    expect(await pipeline(input)).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(message) });
  });
});

describe('the mutation runAgent', () => {
  const RUN_AGENT = `mutation ($input: RunAgentInput!) { runAgent(input: $input) {
    ... on Run { kind state goal inputs output } ... on Refusal { code message path }
  } }`;
  const runAgent = async (input: object) =>
    (await server.query(RUN_AGENT, { input: { waitMs: 15_000, ...input } }, users.tokens.admin)).data.runAgent;
  const file = () => JSON.parse(textOf('agent.json')) as { context: object };

  it('takes an agent file, with its context or that of the request', async () => {
    const document = file();
    const { context, ...rest } = document;
    const run = await runAgent({ document });
    expect(run).toMatchObject({ kind: 'AGENT', state: 'SUCCEEDED', goal: 'Summarize the text', inputs: { context } });
    expect(run.output).toEqual((await runAgent({ document: { ...rest, context: null }, context })).output);
  });

  it.each<[string, () => object, RegExp]>([
    ['no agent', () => ({}), /There is no agent\. Set agent or document/],
    [
      'both',
      () => ({ document: file(), agent: { role: 'r', goal: 'g', backend: { bashCli: { commandTemplate: 'true' } } } }),
      /Set either agent or document, not both/,
    ],
    ['a text', () => ({ document: 'summary.json' }), /This is not an agent file/],
    ['a workflow', () => ({ document: { name: 'a', steps: [] } }), /This is not an agent file/],
    ['two contexts', () => ({ document: file(), context: 'x' }), /both state the context\. Keep one/],
    ['an unknown key', () => ({ document: { ...file(), model: 'm' } }), /\/agent\/model is not an option/],
    ['an unknown backend', () => ({ document: { ...file(), backend: 'telepathy' } }), /\/agent\/backend/],
    [
      'a configuration that is not an object',
      () => ({ document: { ...file(), backend_config: 'x' } }),
      /\/agent\/config/,
    ],
    [
      'an unknown setting',
      () => ({ document: { ...file(), backend_config: { speed: 1 } } }),
      /\/speed is not an option/,
    ],
  ])('refuses %s with its reason', async (_, input, message) => {
    expect(await runAgent(input())).toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(message) });
  });
});

describe('an envelope', () => {
  const all = JSON.parse(readFileSync(`${FOLDER}/envelopes.json`, 'utf8')) as {
    readonly command?: string;
    readonly query?: string;
    readonly request: object;
  }[];
  const queryNamed = (name: string) => all.find(({ query }) => query === name)?.request ?? {};
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

  it('of from-url gives what the query resources gives, in one list', async () => {
    const { run, resource } = await execute('from-url', queryNamed('from-url'));
    const today = 'query ($uris: [URI!]!) { resources(uris: $uris) { uri mediaType size text } }';
    const uris = ['data:text/plain,b', 'data:text/plain,c'];
    const { resources } = (await server.query(today, { uris }, users.tokens.admin)).data;
    const expected = resources.map(({ mediaType, ...rest }: { mediaType: string }) => ({
      ...rest,
      media_type: mediaType,
    }));
    expect(JSON.parse(resource.text)).toEqual(expected);
    expect(expected).toMatchObject([{ text: 'b' }, { text: 'c' }]);
    expect(run).toMatchObject({ kind: 'COMMAND', state: 'SUCCEEDED', steps: [{ key: 'resources', kind: 'QUERY' }] });
  });

  it('of from-url has an error at the place of what cannot be read, and gives JSON as JSON and bytes as base64', async () => {
    const uris = [
      'data:application/json,%5B1%5D',
      `http://${web.host}/gone`,
      'data:application/octet-stream;base64,/w==',
    ];
    const { resource } = await execute('from-url', { source_uris: uris });
    expect(JSON.parse(resource.text)).toMatchObject([
      { media_type: 'application/json', json: [1] },
      { uri: uris[1], error: { code: 'NOT_FOUND', message: expect.stringContaining('404') } },
      { base64: '/w==', size: 1 },
    ]);
  });

  it.each([
    ['from-url', { input_uri: 'data:text/plain,abc' }, 'text/plain'],
    ['FROM_URL', { payload_b64: 'YWJj' }, 'application/octet-stream'],
    ['resources', { uri: 'data:text/plain,abc' }, 'text/plain'],
  ])('of %s with one resource gives its bytes: %j', async (name, request, mediaType) => {
    const { resource } = await execute(name, request);
    expect(resource).toEqual({ mediaType: expect.stringContaining(mediaType), text: 'abc' });
  });

  it('of introspect gives the catalog', async () => {
    const { resource } = await execute('introspect', queryNamed('introspect'));
    const capability = '{ name title description effect options field }';
    const today = `{ catalog { commands ${capability} queries ${capability} tools ${capability}
      protocols { scheme description limits } agentBackends { name description config } stepKinds { kind description } } }`;
    const { catalog } = (await server.query(today, {}, users.tokens.admin)).data;
    const withoutNulls = JSON.parse(JSON.stringify(catalog, (_, value) => value ?? undefined));
    expect(JSON.parse(resource.text)).toEqual(withoutNulls);
    expect(catalog.queries.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['resources', 'catalog']),
    );
  });

  it.each([
    ['alice', 'introspect', {}],
    ['bob', 'introspect', {}],
    ['bob', 'from-url', { source_uris: ['data:,a', 'data:,b'] }],
  ] as const)('of a query is answered for %s under the shipped policy: %s', async (who, command, options) => {
    const { run } = (await server.query(EXECUTE, { input: { command, options } }, users.tokens[who])).data.execute;
    expect(run.state).toBe('SUCCEEDED');
  });

  it('of from-url is refused when the policy denies one of its resources', async () => {
    const options = { source_uris: ['data:,a', `http://${web.host}/products.csv`] };
    const input = { command: 'from-url', options };
    const refused = (await server.query(EXECUTE, { input }, users.tokens.bob)).data.execute;
    expect(refused).toMatchObject({ code: 'FORBIDDEN', decision: { canonicalUri: `http://${web.host}/products.csv` } });
  });

  it.each([
    ['from-url', { source_uris: 'data:,a' }, 'source_uris must be a list of URIs'],
    ['from-url', { source_uris: [] }, 'source_uris must be a list of URIs'],
    ['from-url', { source_uris: [5] }, 'source_uris must be a list of URIs'],
    ['from-url', { source_uris: Array(21).fill('data:,a') }, '/uris must NOT have more than 20 items'],
    ['from-url', { payload_b64: 'YQ==', input_uri: 'data:,a' }, 'both state uri'],
    ['from-url', {}, 'must NOT have fewer than 1 properties'],
    ['converttojson', { source_uris: ['data:,a', 'data:,b'] }, 'names 2 resources, but a command reads one'],
    ['introspect', { meta: { all: true } }, '/all is not an option that exists'],
  ])('of %s is refused with its reason: %j', async (name, request, message) => {
    expect(await execute(name, request)).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    });
  });

  it('asked for twice with one key runs once, in each form, and not with another output_mime', async () => {
    const ask = async (command: string, options: object) =>
      (await server.query(EXECUTE, { input: { command, options, idempotencyKey: 'twice' } }, users.tokens.admin)).data
        .execute;
    const first = await ask('convertToBase64', { source: { uri: 'data:text/plain,abc' } });
    const again = await ask('converttobase64', { input_uri: 'data:text/plain,abc' });
    const other = await ask('converttobase64', { input_uri: 'data:text/plain,abc', output_mime: 'text/plain' });
    expect(again.run.id).toBe(first.run.id);
    expect(other).toMatchObject({ code: 'CONFLICT' });
  });

  it('of from-url with both forms fails with what to do', async () => {
    const { run } = await execute('from-url', { input_uri: 'data:,a', source_uris: ['data:,b'] });
    expect(run).toMatchObject({
      state: 'FAILED',
      error: { code: 'BAD_INPUT', message: 'Set either uri or uris, not both: what to read.' },
    });
  });

  it.each([
    ['fetsch', /^Unknown command fetsch\. Did you mean fetch\? Available: .*, resources, catalog\.$/],
    ['x'.repeat(100_000), /^Unknown command x{64}\. Available/],
  ])('of an unknown name is refused with the names that exist', async (name, message) => {
    const refused = await execute(name, { input_uri: 'data:,a' });
    expect(refused).toMatchObject({ code: 'NOT_FOUND', message: expect.stringMatching(message) });
  });

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

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../support/server.ts';
import { statesOf, type TestUsers } from '../support/test-users.ts';
import { startDocumentServer } from '../support/workflow/document-server.ts';

let documents: Awaited<ReturnType<typeof startDocumentServer>>;
let server: Server;
let users: TestUsers;

const textOf = (name: string) => documents.textOf(name);
const execute = (command: string, options: object) => documents.execute({ command, options });
const start = (yaml: string, inputs: object = {}) => users.start({ yaml }, { inputs }, 'admin');

beforeAll(async () => {
  documents = await startDocumentServer();
  ({ server, users } = documents);
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

  it('build_service.yaml runs unchanged and offline, and each of its seven steps succeeds', async () => {
    const run = await start(readFileSync('examples/workflows/build_service.yaml', 'utf8'), { resource: 'Listing' });
    expect(run).toMatchObject({
      state: 'SUCCEEDED',
      goal: 'Build a CRUD service for Listing with tests and a README.',
    });
    expect(Object.values(statesOf(run))).toEqual(Array(7).fill('SUCCEEDED'));
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

describe('envelopes.json', () => {
  const all = JSON.parse(readFileSync('test/support/workflow/source-documents/envelopes.json', 'utf8')) as {
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
    '%s (%i) gives what %s gives',
    async (command, i, name, options) => {
      const given = await execute(command, all[i]?.request ?? {});
      const { resource, run } = await execute(name, options);
      expect(run).toMatchObject({ state: 'SUCCEEDED' });
      expect(given.resource).toEqual(resource);
      expect(given.run.steps).toEqual(run.steps);
    },
  );

  it('from-url gives what the query resources gives, in one list', async () => {
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

  it('introspect gives the catalog', async () => {
    const { resource } = await execute('introspect', queryNamed('introspect'));
    const capability = '{ name title description effect options field }';
    const today = `{ catalog { commands ${capability} queries ${capability} tools ${capability}
      protocols { scheme description limits } agentBackends { name description config } stepKinds { kind description input } } }`;
    const { catalog } = (await server.query(today, {}, users.tokens.admin)).data;
    const withoutNulls = JSON.parse(JSON.stringify(catalog, (_, value) => value ?? undefined));
    expect(JSON.parse(resource.text)).toEqual(withoutNulls);
    expect(catalog.queries.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['resources', 'catalog']),
    );
  });
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

  it('takes queries as steps, on the output before them', async () => {
    const steps = [
      { command: 'from-url', request: { source_uris: ['data:,a', 'data:,b'] } },
      { command: 'resources', options: { uri: '$previous.output' } },
      { command: 'converttocsv', request: { input_uri: '$previous.output', meta: { fields: ['text'] } } },
    ];
    const { run, resource } = await pipeline({ steps });
    expect([run.state, resource.text]).toEqual(['SUCCEEDED', 'text\r\na\r\nb\r\n']);
    expect(run.steps.map(({ kind }: { kind: string }) => kind)).toEqual(['QUERY', 'QUERY', 'COMMAND']);
    const started = await users.start({ document: { steps } }, {}, 'admin');
    expect(started).toMatchObject({ state: 'SUCCEEDED', outputs: [{ resource: { text: resource.text } }] });
  });

  it.each([
    [{ steps: [{ command: 'fetsch', request: {} }] }, 'Unknown command fetsch. Did you mean fetch?'],
    [{}, 'A pipeline has 1 to 100 steps; this one has 0'],
    [{ meta: [] }, 'meta must be an object of options'],
    [{ meta: { steps: [{ command: 'fetch' }] }, steps: [{ command: 'fetch' }] }, 'both state steps'],
    [{ steps: [{ command: 'fetch', request: { input_uri: 'data:,a', payload_b64: 'YQ==' } }] }, 'both state source'],
    [{ steps: [{ command: 'agent', request: {} }] }, 'The command agent needs an agent_node'],
    [{ steps: [{ agent_node: { role: 'r', goal: 'g', backend: 'telepathy' } }] }, 'Unknown agent backend telepathy'],
    [{ steps: [{ command: 'fetch', request: {}, options: {} }] }, 'not "options"'],
  ])('refuses %j with its reason', async (input, message) => {
    expect(await pipeline(input)).toMatchObject({
      code: message.startsWith('Unknown') ? 'NOT_FOUND' : 'BAD_INPUT',
      message: expect.stringContaining(message),
    });
  });
});

describe('the mutation runAgent', () => {
  const RUN_AGENT = `mutation ($input: RunAgentInput!) { runAgent(input: $input) {
    ... on Run { kind state goal inputs output } ... on Refusal { code message path }
  } }`;
  const runAgent = async (input: object) =>
    (await server.query(RUN_AGENT, { input: { waitMs: 15_000, ...input } }, users.tokens.admin)).data.runAgent;
  const file = () => JSON.parse(textOf('agent.json')) as { context: object };

  it('takes agent.json, with its context or that of the request', async () => {
    const document = file();
    const { context, ...rest } = document;
    const run = await runAgent({ document });
    expect(run).toMatchObject({ kind: 'AGENT', state: 'SUCCEEDED', goal: 'Summarize the text', inputs: { context } });
    expect(run.output).toMatchObject({ summary: 'A text to sum up.' });
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
    [
      'an unknown backend',
      () => ({ document: { ...file(), backend: 'telepathy' } }),
      /Unknown agent backend telepathy/,
    ],
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
    expect(await runAgent(input())).toMatchObject({
      code: message.source.startsWith('Unknown') ? 'NOT_FOUND' : 'BAD_INPUT',
      message: expect.stringMatching(message),
    });
  });
});

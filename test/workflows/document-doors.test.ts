import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { connectMcp } from '../support/mcp/connect-mcp.ts';
import { statesOf } from '../support/test-users.ts';
import { startDocumentServer } from '../support/workflow/document-server.ts';

let documents: Awaited<ReturnType<typeof startDocumentServer>>;
let mcp: Awaited<ReturnType<typeof connectMcp>>;

beforeAll(async () => {
  documents = await startDocumentServer();
  mcp = await connectMcp(documents.server, documents.users.tokens.admin);
});

afterAll(async () => {
  await mcp?.close();
  await documents?.close();
});

const ENVELOPE =
  '{"command":"converttojson","request":{"input_uri":"file:///data/products.csv","meta":{"mode":"csv"}}}';
const QUERY = '{"query":"from-url","request":{"source_uris":["data:,a","data:,b"]}}';
const textOf = (file: string) => {
  if (file === 'an envelope') return ENVELOPE;
  if (file === 'a query') return QUERY;
  return file.endsWith('.yaml') ? readFileSync(`examples/workflows/${file}`, 'utf8') : documents.textOf(file);
};
const uriOf = (text: string) => `data:text/plain,${encodeURIComponent(text)}`;
/** The same document in each way to state it. */
const sourcesOf = (text: string) => [{ yaml: text }, { document: parse(text) }, { uri: uriOf(text) }];
const start = (source: object, more: object = {}) =>
  documents.users.start(source, { waitMs: 55_000, ...more }, 'admin');

describe.each([
  ['build_service.yaml', 'build_service', { resource: 'Listing' }, undefined],
  ['products.dag.json', 'workflow', {}, 'catalog_view'],
  ['health.dag.json', 'workflow', {}, 'status'],
  ['agent.dag.json', 'workflow', {}, 'report'],
  ['agent.json', 'cli-agent', {}, 'output'],
  ['pipeline.json', 'pipeline', {}, 'output'],
  ['pipeline-with-agent.json', 'pipeline', {}, 'output'],
  ['an envelope', 'convertToJson', {}, 'output'],
  ['a query', 'query', {}, 'output'],
] as const)('%s', (file, name, inputs, output) => {
  it('is validated in each way to state it, with the same graph', async () => {
    const query = `query ($source: WorkflowSource!, $inputs: JSON) { validateWorkflow(source: $source, inputs: $inputs) {
      valid problems { message } graph { nodes { key kind } edges { from to } } } }`;
    const graphs: unknown[] = [];
    for (const source of sourcesOf(textOf(file))) {
      const { validateWorkflow } = await documents.users.ask(query, { source, inputs }, 'admin');
      expect(validateWorkflow).toMatchObject({ valid: true, problems: [] });
      graphs.push(validateWorkflow.graph);
    }
    expect(graphs[0]).toMatchObject({ nodes: expect.arrayContaining([expect.anything()]) });
    expect(graphs).toEqual([graphs[0], graphs[0], graphs[0]]);
  });

  it('is started in each way to state it, and saved and started by name, over GraphQL and MCP', async () => {
    const text = textOf(file);
    for (const source of sourcesOf(text)) {
      const saved = await documents.users.mutate('saveWorkflow', { source }, '... on Workflow { name }', 'admin');
      expect(saved).toEqual({ name });
    }
    const runs = [];
    // One way is enough for a workflow that takes seconds.
    for (const source of file.endsWith('.yaml') ? [{ name }] : [...sourcesOf(text), { name }]) {
      const run = await start(source, { inputs });
      expect(run).toMatchObject({ state: 'SUCCEEDED', error: null, workflow: name });
      runs.push({ states: statesOf(run), outputs: run.outputs.map((one: { name: string }) => one.name) });
    }
    for (const run of runs) expect(run).toEqual(runs[0]);
    expect(runs[0]?.outputs).toEqual(output === undefined ? [] : [output]);
    const called = await mcp.callTool({ name: `workflow.${name}`, arguments: inputs }, undefined, { timeout: 60_000 });
    expect(called.isError).not.toBe(true);
  });
});

describe('a pipeline in envelopes', () => {
  it('is taken by the MCP tool pipeline, with and without meta', async () => {
    const document = JSON.parse(textOf('pipeline.json')) as { meta: Record<string, unknown> };
    for (const request of [document, document.meta]) {
      const called = await mcp.callTool({ name: 'pipeline', arguments: request });
      expect(called.isError).not.toBe(true);
      expect(JSON.stringify(called.content)).toContain('<h1>Products</h1>');
    }
  });

  it('is a problem of one step in the same words at every door', async () => {
    const steps = [{ command: 'fetch', request: { input_uri: 'data:,a', payload_b64: 'YQ==' } }];
    const message = 'payload_b64 and input_uri both state source. Keep one.';
    const { users } = documents;
    const source = { document: { steps } };
    const refused = [
      await start(source),
      await users.mutate('saveWorkflow', { source }, '... on Workflow { name }', 'admin'),
      await users.mutate('pipeline', { steps }, '... on CommandOutcome { run { id } }', 'admin'),
      await users.mutate(
        'execute',
        { command: 'pipeline', options: { steps } },
        '... on CommandOutcome { run { id } }',
        'admin',
      ),
    ];
    for (const refusal of refused) {
      expect(refusal).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(message) });
    }
    const query =
      'query ($source: WorkflowSource!) { validateWorkflow(source: $source) { valid problems { message } } }';
    const { validateWorkflow } = await users.ask(query, { source }, 'admin');
    expect(validateWorkflow).toMatchObject({ valid: false, problems: [{ message: `Step 1: ${message}` }] });
    const called = await mcp.callTool({ name: 'pipeline', arguments: { steps } });
    expect([called.isError, JSON.stringify(called.content)]).toEqual([true, expect.stringContaining(message)]);
  });
});

describe('a command in an envelope', () => {
  const request = { input_uri: 'file:///data/products.csv', meta: { mode: 'csv' } };

  it('is taken by the MCP tool of the command, also by its other name', async () => {
    const [today, ...others] = await Promise.all(
      [
        { name: 'convertToJson', arguments: { source: { uri: request.input_uri }, mode: 'CSV' } },
        { name: 'convertToJson', arguments: request },
        { name: 'converttojson', arguments: request },
      ].map((call) => mcp.callTool(call)),
    );
    expect(today?.isError).not.toBe(true);
    for (const other of others) expect(other.content).toEqual(today?.content);
  });

  it('is answered the same over the long way of a request', async () => {
    const query = `mutation ($input: ExecuteInput!) { execute(input: $input) {
      ... on CommandOutcome { resource { text } } ... on Refusal { code message } } }`;
    const variables = { input: { command: 'converttojson', options: request } };
    const short = await documents.server.query(query, variables, documents.users.tokens.admin);
    const answer = await documents.server.fetch('/graphql', {
      method: 'POST',
      token: documents.users.tokens.admin,
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables }),
    });
    const [, data = ''] = /^data: (.*)$/m.exec(await answer.text()) ?? [];
    expect(JSON.parse(data)).toEqual({ data: short.data });
    expect(short.data.execute.resource.text).toContain('Biscuits');
  });
});

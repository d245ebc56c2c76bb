import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, statesOf, type TestUserName, type TestUsers } from '../support/test-users.ts';

const WORKFLOW = `... on Workflow {
  __typename id name version description yaml document inputs createdBy { username }
  graph { nodes { key kind } edges { from to } } runs { totalCount nodes { id } }
}`;

const ROWS = `
name: rows
goal_template: "Rows of {{ source }}"
inputs:
  source: string
steps:
  - id: rows
    kind: command
    command: convertToJson
    input: { source: { uri: "{{ source }}" }, mode: CSV }
  - id: page
    kind: command
    command: render
    input: { data: "{{ steps.rows.output }}", title: Rows }
outputs:
  count: "{{ steps.rows.output.rows | length }}"
  page: "{{ steps.page.output }}"
`;
const CSV = { source: 'data:text/csv,name%2Cprice%0Alamp%2C12%0Arug%2C30%0A' };

let server: Server;
let users: TestUsers;
const start: TestUsers['start'] = (...of) => users.start(...of);
const save = (source: object, who?: TestUserName) => users.mutate('saveWorkflow', { source }, WORKFLOW, who);
const remove = (name: string, who?: TestUserName) => users.mutate('deleteWorkflow', { name }, WORKFLOW, who);

beforeAll(async () => {
  server = await startServer();
  users = await createTestUsers(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
});

describe('a workflow', () => {
  it('can be given as text, as a value, by name and by URI', async () => {
    await save({ yaml: ROWS });
    const { document } = (await users.ask('{ workflow(name: "rows") { document } }')).workflow;
    const uri = `data:application/yaml;base64,${Buffer.from(ROWS).toString('base64')}`;
    for (const source of [{ yaml: ROWS }, { document }, { name: 'rows' }, { uri }]) {
      const run = await start(source, { inputs: CSV });
      expect(run).toMatchObject({
        ...{ __typename: 'Run', kind: 'WORKFLOW', state: 'SUCCEEDED', workflow: 'rows', inputs: CSV, error: null },
        goal: `Rows of ${CSV.source}`,
      });
      expect(statesOf(run)).toEqual({ rows: 'SUCCEEDED', page: 'SUCCEEDED' });
      expect(run.steps[0].input).toMatchObject({ source: { uri: CSV.source }, mode: 'CSV' });
      const [count, page] = run.outputs;
      expect(count).toEqual({ name: 'count', value: 2, resource: null });
      expect(page).toMatchObject({ name: 'page', value: { media_type: expect.stringContaining('text/html') } });
      expect(page.resource.text).toContain('lamp');
      expect(run.output).toEqual({ count: 2, page: page.value });
    }
  });

  it('has the same output in each of the three document forms', async () => {
    const made = await Promise.all(
      ['products.yaml', 'products.dag.json', 'products.pipeline.json'].map(async (file) => {
        const run = await start({ yaml: await readFile(join('examples/workflows', file), 'utf8') });
        expect([file, run.state, run.message]).toEqual([file, 'SUCCEEDED', undefined]);
        expect(run.resource.mediaType).toContain('text/html');
        return run.resource.text;
      }),
    );
    expect(new Set(made).size).toBe(1);
  });

  it('is answered at once, or when it ends within waitMs', async () => {
    const nap = (ms: number) => ({ document: { name: 'nap', steps: [{ id: 'nap', kind: 'sleep', input: { ms } }] } });
    const begun = await start(nap(400), { waitMs: 0 });
    expect(['PENDING', 'RUNNING', 'WAITING']).toContain(begun.state);
    await users.reach(begun.id, 'SUCCEEDED');
    expect((await start(nap(30))).state).toBe('SUCCEEDED');
    expect((await start(nap(60_000), { waitMs: 50 })).state).toBe('WAITING');
    for (const waitMs of [-1, 60_001]) {
      expect(await start(nap(1), { waitMs })).toMatchObject({ code: 'BAD_INPUT', path: ['input', 'waitMs'] });
    }
  });

  it('that is invalid starts nothing, and reports every problem', async () => {
    const refusal = await start({ yaml: ROWS.replace('command: render', 'command: rendr') }, { inputs: CSV });
    expect(refusal).toMatchObject({ __typename: 'Refusal', code: 'BAD_INPUT' });
    expect(refusal.violations.map(({ message }: { message: string }) => message).join()).toContain('rendr');
    expect(await start({ yaml: ROWS })).toMatchObject({ code: 'BAD_INPUT', violations: [expect.anything()] });
    expect(await start({ yaml: ROWS }, { inputs: [1] })).toMatchObject({
      code: 'BAD_INPUT',
      path: ['input', 'inputs'],
    });
    expect(await start({ yaml: ROWS }, { inputs: CSV, labels: 'a' })).toMatchObject({ path: ['input', 'labels'] });
    expect(await start({ name: 'nobody-saved-this' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has one run for one idempotency key', async () => {
    const more = { inputs: CSV, idempotencyKey: 'the-same' };
    const [one, two] = await Promise.all([start({ yaml: ROWS }, more), start({ yaml: ROWS }, more)]);
    expect(two.id).toBe(one.id);
    expect(await start({ yaml: ROWS }, { ...more, inputs: { source: 'data:text/csv,a' } })).toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('is found by its name, its labels and its goal, among runs and events', async () => {
    const { id } = await start(
      { yaml: ROWS.replace('name: rows', 'name: found') },
      { inputs: CSV, labels: { team: 'x' } },
    );
    const found = await users.ask(`{
      byName: runs(filter: { workflow: "found" }) { nodes { id } }
      byLabel: runs(filter: { label: { team: "x" } }) { nodes { id } }
      byKind: runs(filter: { kind: [WORKFLOW], workflow: "other" }) { nodes { id } }
      events(filter: { workflow: "found", types: [RUN_CREATED] }) { events { runId ... on RunCreated { goal kind } } }
    }`);
    expect(found).toEqual({
      byName: { nodes: [{ id }] },
      byLabel: { nodes: [{ id }] },
      byKind: { nodes: [] },
      events: { events: [{ runId: id, goal: `Rows of ${CSV.source}`, kind: 'WORKFLOW' }] },
    });
  });

  it('runs a step once for each item of a list; each item is a step', async () => {
    const step = { id: 'each', kind: 'transform', for_each: [3, 1, 2] };
    const input = { data: { n: '{{ item }}', at: '{{ index }}' }, expression: 'n * 10 + at' };
    const run = await start({ document: { name: 'each', steps: [{ ...step, input }] } });
    expect(run).toMatchObject({ state: 'SUCCEEDED', output: [30, 11, 22] });
    expect(run.steps).toHaveLength(1);
    const ITEMS = 'key index state output items { totalCount }';
    const page = await users.ask(
      `query ($id: ID!, $after: String) { run(id: $id) {
        step(key: "each") { items(first: 2, after: $after) { totalCount nodes { ${ITEMS} } pageInfo { endCursor hasNextPage } } }
        item: step(key: "each[1]") { key index }
        added: events(filter: { types: [STEPS_ADDED] }) { events { ... on StepsAdded { keys } } }
      } }`,
      { id: run.id },
    );
    const { items } = page.run.step;
    expect(items).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const item = (index: number, output: number) => ({
      ...{ key: `each[${index}]`, index, state: 'SUCCEEDED', output, items: { totalCount: 0 } },
    });
    expect(items.nodes).toEqual([item(0, 30), item(1, 11)]);
    expect(page.run.item).toEqual({ key: 'each[1]', index: 1 });
    const keys = page.run.added.events.flatMap((event: { keys: string[] }) => event.keys);
    expect(keys).toEqual(['each[0]', 'each[1]', 'each[2]']);
  });

  it('compensates its steps when it fails', async () => {
    const run = await start({ yaml: await readFile('examples/workflows/saga.yaml', 'utf8') });
    expect(run).toMatchObject({ state: 'FAILED', error: { step: 'confirm' }, output: null, outputs: [] });
    const undone = run.steps.slice(3);
    expect(undone.map(({ output }: { output: object }) => Object.keys(output)[0]).sort()).toEqual([
      'refunded',
      'released',
    ]);
  });

  it('starts another workflow as a child run', async () => {
    const sum = { id: 'sum', kind: 'transform', input: { data: '{{ list }}', expression: '$sum($)' } };
    const total = { total: '{{ steps.sum.output }}' };
    await save({ document: { name: 'child', inputs: { list: 'array' }, steps: [sum], outputs: total } });
    const child = { id: 'child', kind: 'workflow', workflow: 'child', input: { list: [1, 2, 4] } };
    const outputs = { total: '{{ steps.child.output.total }}' };
    const run = await start({ document: { name: 'parent', steps: [child], outputs } });
    expect(run).toMatchObject({ state: 'SUCCEEDED', output: { total: 7 } });
    const [{ id }] = run.children.nodes;
    expect(run.children.nodes).toEqual([{ id, state: 'SUCCEEDED', workflow: 'child' }]);
    expect(await users.run(id)).toMatchObject({ parent: { id: run.id }, output: { total: 7 } });
  });
});

describe('a dry run', () => {
  const VALIDATE = `query ($source: WorkflowSource!, $inputs: JSON) { validateWorkflow(source: $source, inputs: $inputs) {
    valid problems { severity message step line column } graph { nodes { key kind } edges { from to } }
    decisions { step decision { effect action canonicalUri } }
  } }`;
  const validate = async (source: object, inputs?: object, who: TestUserName = 'alice') =>
    (await users.ask(VALIDATE, { source, inputs }, who)).validateWorkflow;

  it('reports every problem with its location, and starts nothing', async () => {
    const before = (await users.ask('{ events(first: 1000) { cursor } }', {}, 'admin')).events.cursor;
    const yaml = ROWS.replace('command: render', 'command: rendr').replace(
      'steps.rows.output }}"',
      'steps.rose.output }}"',
    );
    const found = await validate({ yaml }, CSV);
    expect(found.valid).toBe(false);
    expect(found.problems.length).toBeGreaterThanOrEqual(2);
    for (const [what, line] of [
      ['rendr', 13],
      ['rose', 14],
    ] as const) {
      expect(found.problems).toContainEqual(
        expect.objectContaining({ severity: 'ERROR', message: expect.stringContaining(what), step: 'page', line }),
      );
    }
    expect((await users.ask('{ events(first: 1000) { cursor } }', {}, 'admin')).events.cursor).toBe(before);
  });

  it('shows the graph, and the policy decision for each step', async () => {
    const source = { yaml: ROWS };
    const graph = {
      nodes: [
        { key: 'rows', kind: 'COMMAND' },
        { key: 'page', kind: 'COMMAND' },
      ],
      edges: [{ from: 'rows', to: 'page' }],
    };
    expect(await validate(source, CSV, 'bob')).toMatchObject({ valid: true, problems: [], graph });
    const asked = async (uri: string) => {
      const { decisions } = await validate({ yaml: ROWS.replace('uri: "{{ source }}"', `uri: "${uri}"`) }, CSV, 'bob');
      return decisions.find(({ step }: { step: string }) => step === 'rows').decision;
    };
    expect(await asked('data:text/csv,a')).toMatchObject({ effect: 'ALLOW', action: 'command:convertToJson' });
    const canonicalUri = 'https://private.example/x.csv';
    expect(await asked(canonicalUri)).toMatchObject({ effect: 'DENY', canonicalUri });
  });
});

describe('a saved workflow', () => {
  it('has versions; the newest is started and shown', async () => {
    const yaml = ROWS.replace('name: rows', 'name: versions\ndescription: First.');
    const first = await save({ yaml });
    expect(first).toMatchObject({
      ...{ __typename: 'Workflow', name: 'versions', version: 1, description: 'First.', yaml },
      inputs: { type: 'object', required: ['source'] },
      createdBy: { username: 'alice' },
      graph: { edges: [{ from: 'rows', to: 'page' }] },
    });
    expect(await save({ yaml })).toMatchObject({ id: first.id, version: 1 });
    const second = await save({ yaml: yaml.replace('First', 'Second') }, 'admin');
    expect(second).toMatchObject({ version: 2, description: 'Second.', createdBy: { username: 'admin' } });

    const run = await start({ name: 'versions' }, { inputs: CSV });
    const found = await users.ask(
      `query ($id: ID!, $old: ID!) {
        workflow(name: "versions") { ${WORKFLOW} }
        workflows(first: 100) { nodes { name version } }
        node(id: $id) { ${WORKFLOW} }
        old: node(id: $old) { ... on Workflow { version description } }
      }`,
      { id: second.id, old: first.id },
    );
    expect(found.workflow).toMatchObject({
      id: second.id,
      version: 2,
      runs: { totalCount: 1, nodes: [{ id: run.id }] },
    });
    expect(found.workflows.nodes).toContainEqual({ name: 'versions', version: 2 });
    expect(found.node).toMatchObject({ __typename: 'Workflow', id: second.id });
    expect(found.old).toEqual({ version: 1, description: 'First.' });
  });

  it('is refused if it is invalid or the policy denies it, and can be deleted', async () => {
    const source = { yaml: ROWS.replace('name: rows', 'name: fleeting') };
    const bad = { yaml: source.yaml.replace('command: render', 'command: rendr') };
    expect(await save(bad)).toMatchObject({ code: 'BAD_INPUT' });
    expect(await save(source, 'bob')).toMatchObject({
      code: 'FORBIDDEN',
      decision: { action: 'mutation:saveWorkflow', effect: 'DENY' },
    });
    expect((await users.ask('{ workflow(name: "fleeting") { id } }')).workflow).toBeNull();

    const { id } = await save(source);
    const run = await start({ name: 'fleeting' }, { inputs: CSV }, 'bob');
    expect(await remove('fleeting', 'bob')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await remove('fleeting')).toMatchObject({ id });
    expect(await remove('fleeting')).toMatchObject({ code: 'NOT_FOUND' });
    expect((await users.ask('{ workflow(name: "fleeting") { id } }')).workflow).toBeNull();
    expect(await start({ name: 'fleeting' }, { inputs: CSV })).toMatchObject({ code: 'NOT_FOUND' });
    expect((await users.run(run.id, 'bob')).state).toBe('SUCCEEDED');
  });
});

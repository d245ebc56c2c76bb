import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { evaluate } from '../expressions/evaluate.ts';
import type { WorkflowPlan } from '../model/workflow-document.ts';
import { readWorkflow } from '../read-workflow.ts';

const read = (document: Json) => readWorkflow({ document }, testCatalog);
const told = (document: Json) =>
  read(document)
    .problems.map(({ severity, message }) => `${severity} ${message}`)
    .join('\n');
const plan = (document: Json): WorkflowPlan => {
  const { document: found, problems } = read(document);
  if (!found) throw new Error(JSON.stringify(problems));
  return found.compile({});
};
const made = (document: Json) => plan(document).steps.map(({ id: _, ...step }) => step);

const source = { uri: 'file:///data/a.csv' };
const node = (id: string, more: JsonObject): JsonObject => ({ id, ...more });
const writer = { role: 'A {{ writer }}', goal: 'Sum up', backend: 'litellm', backend_config: { model: 'm' } };
const rows = node('rows', { type: 'command', command_type: 'ConvertToJSON', uri: source.uri });

describe('DAG-JSON', () => {
  it('means the same as the native document', () => {
    const dag = {
      version: 1,
      nodes: [
        node('rows', {
          type: 'command',
          command_type: 'converttojson',
          uri: source.uri,
          meta: { mode: 'CSV' },
          mime_type: 'application/json',
          label: 'The rows',
          position: { x: 1 },
        }),
        node('page', { type: 'render', input: 'rows', meta: { template_uri: 'file:///t.j2' } }),
        node('raw', { type: 'fetch', uri: source.uri, schema_uri: 'file:///s.json', inputs: ['page'] }),
        node('web', { type: 'http', url: 'https://a.example/x', method: 'get', headers: {} }),
        node('look', { type: 'query', query: 'from-url', input: ['web'] }),
      ],
      outputs: ['page', { name: 'data', node: 'rows' }],
      ui: { zoom: 2 },
    };
    const uri = (key: string) => `{{ steps.${key}.resource.uri }}`;
    const native = {
      name: 'workflow',
      steps: [
        {
          id: 'rows',
          kind: 'command',
          command: 'convertToJson',
          title: 'The rows',
          input: { source, mode: 'CSV' },
          output_media_type: 'application/json',
        },
        {
          id: 'page',
          kind: 'command',
          command: 'render',
          input: { source: { uri: uri('rows') }, templateUri: 'file:///t.j2' },
        },
        {
          id: 'raw',
          kind: 'command',
          command: 'fetch',
          depends_on: ['page'],
          input: { source, schemaUri: 'file:///s.json' },
        },
        { id: 'web', kind: 'command', command: 'fetch', input: { source: { uri: 'https://a.example/x' } } },
        { id: 'look', kind: 'query', query: 'resources', input: { uri: uri('web') } },
      ],
      outputs: { page: '{{ steps.page.output }}', data: '{{ steps.rows.output }}' },
    };
    expect(read(dag).problems).toEqual([]);
    expect(made(dag)).toEqual(made(native));
    expect(plan(dag).plan).toEqual(plan(native).plan);
    expect(read(dag).graph).toEqual(read(native).graph);
  });

  it('has groups, whose members are ordinary steps', () => {
    const dag = {
      nodes: [
        node('g', { type: 'group', label: 'Reading', nodes: [node('a', { type: 'fetch', uri: 'data:,a' }), 'b'] }),
        node('b', { type: 'fetch', uri: 'data:,b' }),
        node('label', { type: 'group' }),
        node('outer', { type: 'group', members: ['g', 'outer'] }),
        node('c', { type: 'render', input: 'outer', meta: { data: 1 } }),
      ],
    };
    expect(made(dag).map(({ key, dependsOn }) => [key, dependsOn])).toEqual([
      ...[
        ['a', []],
        ['b', []],
        ['c', ['a', 'b']],
      ],
    ]);
  });

  it('may have ids that are no keys', () => {
    const dag = {
      nodes: [node('1', { type: 'fetch', uri: 'data:,a' }), { ...node('x', { type: 'render', input: 1 }), id: 'a-b' }],
      outputs: ['1'],
    };
    expect(told(dag)).toBe('WARNING Node "1" is called n_1 in runs: a key is a letter, then letters, digits, _ and -.');
    expect(plan(dag).steps[1]).toMatchObject({
      key: 'a-b',
      dependsOn: ['n_1'],
      input: { source: { uri: '{{ steps.n_1.resource.uri }}' } },
    });
  });

  it('holds no expressions', async () => {
    const template = 'a {{ row.name }} {{ "x" }}';
    const [, page] = made({ nodes: [rows, node('page', { type: 'render', input: 'rows', meta: { template } })] });
    const steps = {
      rows: { output: 1, resource: { uri: 'artifact:x', media_type: '', size: 1 }, state: '', error: null },
    };
    const input = await evaluate(page?.input as Json, { inputs: {}, steps, run: { id: '', labels: {} } });
    expect(input).toEqual({ source: { uri: 'artifact:x' }, template });
  });

  it('has agents, whose context is what the nodes before them made', async () => {
    const dag = {
      nodes: [
        rows,
        node('one', { type: 'agent', label: 'One', input: 'rows', memory_uri: null, tools: null, ...writer }),
        node('both', { type: 'agent', agent: writer, inputs: ['rows', 'one'], meta: { limit: 3, note: '{{ x }}' } }),
        node('none', { type: 'agent', agent: { ...writer, id: 'w' } }),
      ],
      outputs: ['both'],
    };
    expect(read(dag).problems).toEqual([]);
    const [, one, both, none] = made(dag);
    expect(one).toMatchObject({ kind: 'AGENT', capability: 'litellm', title: 'One', dependsOn: ['rows'] });
    expect(none?.dependsOn).toEqual([]);
    const view = { output: 1, resource: null, state: 'SUCCEEDED', error: null };
    const steps = { rows: { ...view, content: { json: [1] } }, one: { ...view, content: { text: 'two' } } };
    const scope = { inputs: {}, steps, run: { id: '', labels: {} } };
    const agent = { role: writer.role, goal: writer.goal, backend: 'litellm', config: { model: 'm' } };
    const inputs = [one, both, none].map((step) => evaluate(step?.input as Json, scope));
    expect(await Promise.all(inputs)).toEqual([
      { agent, context: { previous: { json: [1] } } },
      { agent, context: { limit: 3, note: '{{ x }}', inputs: { rows: { json: [1] }, one: { text: 'two' } } } },
      { agent: { id: 'w', ...agent }, context: null },
    ]);
  });

  it.each<[string, readonly JsonObject[], RegExp]>([
    ['an agent that is none', [node('a', { type: 'agent', agent: 'x' })], /ERROR Node a: agent must be an object/],
    [
      'an agent without a goal',
      [node('a', { type: 'agent', role: 'r', backend: 'mcp' })],
      /ERROR steps\[0\]\.agent has no goal, which it must have/,
    ],
    [
      'what means nothing to an agent',
      [node('a', { ...writer, type: 'agent', uri: 'data:,' })],
      /WARNING Node a: uri means nothing here/,
    ],
    [
      'the configuration of an agent',
      [node('a', { type: 'agent', agent: { ...writer, backend_config: { modle: 'm' } } })],
      /ERROR Step a, configuration of litellm: modle is no option that exists\. Did you mean model\?/,
    ],
    ['an unknown type', [node('a', { type: 'fetsch' })], /must have a type: .*Did you mean fetch\?/],
    ['an unknown command', [node('a', { type: 'command', command_type: 'convert' })], /There is no command convert/],
    ['a command without a name', [node('a', { type: 'command' })], /has no command_type/],
    [
      'an unknown input',
      [rows, node('b', { type: 'render', input: 'row' })],
      /takes its input from row, which is no node\. Did you mean rows\?/,
    ],
    [
      'another method',
      [node('a', { type: 'http', url: 'https://a.example', method: 'POST' })],
      /ERROR Node a: only GET can be sent, not "POST"/,
    ],
    [
      'headers',
      [node('a', { type: 'http', url: 'https://a.example', headers: { a: 'b' } })],
      /ERROR Node a: headers cannot be sent/,
    ],
    ['a cycle', [node('a', { type: 'render', input: 'b' }), node('b', { type: 'render', input: 'a' })], /a → b → a/],
    ['an id that stands twice', [rows, rows], /more than one node rows/],
    ['a node that is none', ['a' as unknown as JsonObject], /A node must be an object with id and type/],
    [
      'an option that does not exist',
      [node('a', { type: 'fetch', uri: 'data:,', meta: { mode: 'x' } })],
      /options of fetch: mode is no option/,
    ],
    [
      'an input that is not taken',
      [rows, node('b', { type: 'fetch', uri: 'data:,' }), node('c', { type: 'render', inputs: ['rows', 'b'] })],
      /WARNING Node c takes its data from rows\. It waits for b too/,
    ],
    ['what means nothing', [{ ...rows, colour: 'red' }], /WARNING Node rows: colour means nothing here/],
  ])('has told: %s', (_, nodes, message) => {
    expect(told({ nodes })).toMatch(message);
  });

  it('has problems where they are in its text', () => {
    const text = JSON.stringify(
      {
        nodes: [
          rows,
          node('b', { type: 'fetch', uri: 'data:,', meta: { moode: 1 } }),
          node('w', { type: 'agent', ...writer, backend_config: { model: 'm', modle: 1 } }),
        ],
        outputs: ['c'],
      },
      null,
      1,
    );
    const { problems } = readWorkflow({ text }, testCatalog);
    const lines = text.split('\n');
    const at = problems.map(({ line = 0, column = 0 }) => lines[line - 1]?.slice(column - 1));
    expect(at).toEqual(['moode', 'modle', 'c'].map((name) => expect.stringMatching(new RegExp(`^"${name}"`))));
  });
});

describe('a pipeline', () => {
  const document = {
    steps: [
      { command: 'convertToJson', options: { source, mode: 'CSV' } },
      { command: 'render', options: { source: '$previous.output', title: 'a $previous.output' } },
      { command: 'fetch', options: { source: { uri: '$previous.output' } } },
    ],
  };

  it('means the same as the native document', () => {
    const uri = (key: string) => `{{ steps.${key}.resource.uri }}`;
    const native = {
      name: 'pipeline',
      steps: [
        { id: 'convertToJson_1', kind: 'command', command: 'convertToJson', input: { source, mode: 'CSV' } },
        {
          id: 'render_2',
          kind: 'command',
          command: 'render',
          input: { source: { uri: uri('convertToJson_1') }, title: 'a $previous.output' },
        },
        { id: 'fetch_3', kind: 'command', command: 'fetch', input: { source: { uri: uri('render_2') } } },
      ],
      outputs: { output: '{{ steps.fetch_3.output }}' },
    };
    expect(read(document).problems).toEqual([]);
    expect(made(document)).toEqual(made(native));
    expect(plan(document).plan).toEqual(plan(native).plan);
  });

  it('does its steps one after the other, also where they take nothing from each other', () => {
    const steps = [document.steps[0] as JsonObject, { command: 'fetch', options: { source: { uri: 'data:,a' } } }];
    expect(made({ steps })[1]?.dependsOn).toEqual(['convertToJson_1']);
  });

  it('has agents, which find what the step before made as `previous`', () => {
    const steps = [{ agent: writer }, { agent: { ...writer, backend_config: { model: 'm', maxTokens: 9 } } }];
    const native = {
      name: 'pipeline',
      steps: [
        { id: 'agent_1', kind: 'agent', agent: { ...writer, role: 'A {{ "{{" }} writer }}' } },
        {
          id: 'agent_2',
          kind: 'agent',
          agent: { ...writer, role: 'A {{ "{{" }} writer }}', backend_config: { model: 'm', max_tokens: 9 } },
          input: { previous: '{{ steps.agent_1.content }}' },
        },
      ],
      outputs: { output: '{{ steps.agent_2.output }}' },
    };
    expect(read({ steps }).problems).toEqual([]);
    expect(made({ steps })).toEqual(made(native));
    expect(plan({ steps }).plan).toEqual(plan(native).plan);
  });

  it.each<[string, readonly Json[], RegExp]>([
    ['an agent that is none', [{ agent: 'x' }], /ERROR The agent of step 1 must be an object/],
    ['an agent without a backend', [{ agent: { role: 'r', goal: 'g' } }], /steps\[0\]\.agent has no backend/],
    ['options of an agent', [{ agent: writer, options: {} }], /Step 1 has the unknown key "options"/],
    ['both at once', [{ agent: writer, command: 'fetch' }], /Step 1 has the unknown key "agent"/],
    [
      'a first step that takes what came before',
      [document.steps[1] as JsonObject],
      /The first step has no \$previous\.output/,
    ],
    ['a step without a command', [{ options: {} }], /Step 1 names no command/],
    ['a pipeline inside', [{ command: 'pipeline', options: { steps: [] } }], /made of other commands/],
    [
      'an unknown key',
      [{ command: 'fetch', option: {} }],
      /Step 1 has the unknown key "option"\. Did you mean options\?/,
    ],
    ['an unknown command', [{ command: 'fetsch', options: {} }], /There is no command fetsch\. Did you mean fetch\?/],
  ])('has told: %s', (_, steps, message) => {
    expect(told({ steps })).toMatch(message);
  });
});

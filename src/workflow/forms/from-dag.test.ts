import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { evaluate } from '../expressions/evaluate.ts';
import type { WorkflowPlan } from '../model/workflow-document.ts';
import { readWorkflow } from '../read-workflow.ts';

const read = (document: Json) => readWorkflow({ document }, testCatalog);
const problemsOf = (document: Json) =>
  read(document)
    .problems.map(({ severity, message }) => `${severity} ${message}`)
    .join('\n');
const plan = (document: Json): WorkflowPlan => {
  const { document: parsed, problems } = read(document);
  if (!parsed) throw new Error(JSON.stringify(problems));
  return parsed.compile({});
};
const stepsOf = (document: Json) => plan(document).steps.map(({ id: _, ...step }) => step);

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
        { id: 'web', kind: 'http', input: { url: 'https://a.example/x', method: 'GET', headers: {} } },
        { id: 'look', kind: 'query', query: 'resources', input: { uri: uri('web') } },
      ],
      outputs: { page: '{{ steps.page.output }}', data: '{{ steps.rows.output }}' },
    };
    expect(read(dag).problems).toEqual([]);
    expect(stepsOf(dag)).toEqual(stepsOf(native));
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
    expect(stepsOf(dag).map(({ key, dependsOn }) => [key, dependsOn])).toEqual([
      ...[
        ['a', []],
        ['b', []],
        ['c', ['a', 'b']],
      ],
    ]);
  });

  it('may have ids that are not valid keys', () => {
    const dag = {
      nodes: [node('1', { type: 'fetch', uri: 'data:,a' }), { ...node('x', { type: 'render', input: 1 }), id: 'a-b' }],
      outputs: ['1'],
    };
    expect(problemsOf(dag)).toBe(
      'WARNING Node "1" is called n_1 in runs: a key must begin with a letter and contain only letters, digits, _ and -.',
    );
    expect(plan(dag).steps[1]).toMatchObject({
      key: 'a-b',
      dependsOn: ['n_1'],
      input: { source: { uri: '{{ steps.n_1.resource.uri }}' } },
    });
  });

  it('holds no expressions', async () => {
    const template = 'a {{ row.name }} {{ "x" }}';
    const [, page] = stepsOf({ nodes: [rows, node('page', { type: 'render', input: 'rows', meta: { template } })] });
    const steps = {
      rows: { output: 1, resource: { uri: 'artifact:x', media_type: '', size: 1 }, state: '', error: null },
    };
    const input = await evaluate(page?.input as Json, { inputs: {}, steps, run: { id: '', labels: {} } });
    expect(input).toEqual({ source: { uri: 'artifact:x' }, template });
  });

  it('has agents, whose context is the output of their input nodes', async () => {
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
    const [, one, both, none] = stepsOf(dag);
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
    [
      'an agent that is not an object',
      [node('a', { type: 'agent', agent: 'x' })],
      /ERROR Node a: agent must be an object/,
    ],
    [
      'an agent without a goal',
      [node('a', { type: 'agent', role: 'r', backend: 'mcp' })],
      /ERROR nodes\[0\] is missing the required key goal/,
    ],
    [
      'a key without meaning for an agent',
      [node('a', { ...writer, type: 'agent', uri: 'data:,' })],
      /WARNING Node a: uri has no meaning here/,
    ],
    [
      'the configuration of an agent',
      [node('a', { type: 'agent', agent: { ...writer, backend_config: { modle: 'm' } } })],
      /ERROR Step a, configuration of litellm: modle is not a known option\. Did you mean model\?/,
    ],
    ['an unknown type', [node('a', { type: 'fetsch' })], /must have a type: .*Did you mean fetch\?/],
    ['an unknown command', [node('a', { type: 'command', command_type: 'convert' })], /there is no command convert/],
    ['a command without a name', [node('a', { type: 'command' })], /has no command_type/],
    [
      'an unknown input',
      [rows, node('b', { type: 'render', input: 'row' })],
      /takes its input from row, which is not a node\. Did you mean rows\?/,
    ],
    [
      'another method with a schema',
      [node('a', { type: 'http', url: 'https://a.example', method: 'POST', schema_uri: 'data:,' })],
      /ERROR Node a: the method must be GET; received "POST"/,
    ],
    [
      'headers with a schema',
      [node('a', { type: 'http', url: 'https://a.example', headers: { a: 'b' }, schema_uri: 'data:,' })],
      /ERROR Node a: headers are supported for a node that states its url/,
    ],
    ['a cycle', [node('a', { type: 'render', input: 'b' }), node('b', { type: 'render', input: 'a' })], /a → b → a/],
    ['a duplicate id', [rows, rows], /More than one node has the id rows/],
    ['a node that is not an object', ['a' as unknown as JsonObject], /A node must be an object with id and type/],
    [
      'an option that does not exist',
      [node('a', { type: 'fetch', uri: 'data:,', meta: { mode: 'x' } })],
      /options of fetch: mode is not a known option/,
    ],
    [
      'an input that is not used',
      [rows, node('b', { type: 'fetch', uri: 'data:,' }), node('c', { type: 'render', inputs: ['rows', 'b'] })],
      /WARNING Node c takes its data from rows only\. It also waits for b/,
    ],
    ['a key without meaning', [{ ...rows, color: 'red' }], /WARNING Node rows: color has no meaning here/],
  ])('reports %s', (_, nodes, message) => {
    expect(problemsOf({ nodes })).toMatch(message);
  });

  it('has problems with positions in its text', () => {
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

describe('an envelope in the keys of a node', () => {
  const inputOf = (more: JsonObject) => stepsOf({ nodes: [node('a', more)] })[0];
  const command = { type: 'command', command_type: 'converttojson' };

  it.each<[JsonObject, JsonObject]>([
    [{ ...command, input_uri: 'data:,{{a}}' }, { source: { uri: 'data:,{{ "{{" }}a}}' } }],
    [{ type: 'fetch', payload_b64: 'YQ==' }, { source: { bytes: { base64: 'YQ==' } } }],
    [{ type: 'fetch', source_uris: ['data:,a'] }, { source: { uri: 'data:,a' } }],
    [{ type: 'query', input_uri: 'data:,a' }, { uri: 'data:,a' }],
    [{ type: 'query', query: 'from-url', source_uris: ['data:,a', 'data:,b'] }, { uris: ['data:,a', 'data:,b'] }],
    [{ type: 'query', query: 'introspect' }, {}],
    [{ ...command, uri: '', url: null, input_uri: 'data:,a', schema_uri: '' }, { source: { uri: 'data:,a' } }],
    [{ ...command, uri: 'data:,a', input_uri: 'data:,a' }, { source: { uri: 'data:,a' } }],
  ])('%j means the options %j', (more, input) => {
    expect(inputOf(more)?.input).toMatchObject(input);
  });

  it('states the media type of the output', () => {
    expect(inputOf({ type: 'fetch', uri: 'data:,a', output_mime: 'text/plain; charset=utf-8' })).toMatchObject({
      terms: { outputMediaType: 'text/plain' },
    });
  });

  it('gives an agent what it names, read by a step before it', () => {
    const steps = stepsOf({
      nodes: [rows, node('a', { type: 'agent', ...writer, input: 'rows', payload_b64: 'YQ==' })],
    });
    expect(steps.map(({ key, dependsOn }) => [key, dependsOn])).toEqual([
      ['rows', []],
      ['a_input', []],
      ['a', ['rows', 'a_input']],
    ]);
    expect(steps[1]?.input).toEqual({ source: { bytes: { base64: 'YQ==' } } });
    expect(steps[2]?.input).toMatchObject({
      context: { inputs: { rows: '{{ steps.rows.content }}', a_input: '{{ steps.a_input.content }}' } },
    });
  });

  it.each<[JsonObject, RegExp]>([
    [
      { ...command, uri: 'data:,a', input_uri: 'data:,b' },
      /^ERROR Node a: uri and input_uri say different things\. Keep one/,
    ],
    [
      { ...command, uri: 'data:,a', payload_b64: 'YQ==' },
      /^ERROR Node a: payload_b64 and uri both state source\. Keep one\.$/,
    ],
    [{ ...command, uri: 5 }, /^ERROR Node a: uri must be a string\./],
    [{ ...command, payload_b64: '*' }, /^ERROR Node a: payload_b64 is not valid Base64/],
    [{ ...command, source_uris: 'data:,a' }, /^ERROR Node a: source_uris must be a list of URIs\./],
    [{ ...command, source_uris: ['data:,a', 'data:,b'] }, /names 2 resources, but a command reads one/],
    [
      { ...command, uri: 'data:,a', mime_type: 'a/b', output_mime: 'a/c' },
      /mime_type and output_mime say different things/,
    ],
    [{ ...command, uri: 'data:,a', schema_uri: {} }, /^ERROR Node a: schema_uri must be a string\./],
    [{ ...command, uri: 'data:,a', meta: { source: { uri: 'data:,b' } } }, /meta\.source and uri both state source/],
    [{ type: 'query', query: 'resources' }, /must NOT have fewer than 1 properties/],
    [{ type: 'agent', ...writer, input_uri: 5 }, /^ERROR Node a: input_uri must be a string\./],
  ])('is refused with its reason: %j', (more, message) => {
    expect(problemsOf({ nodes: [node('a', more)] })).toMatch(message);
  });
});

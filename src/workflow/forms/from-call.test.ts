import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { Json } from '../../lib/json.ts';
import { readWorkflow } from '../read-workflow.ts';

const read = (document: Json) => readWorkflow({ document }, testCatalog);
const planOf = (document: Json) => {
  const { document: parsed, problems } = read(document);
  if (!parsed) throw new Error(JSON.stringify(problems));
  const { name, steps } = parsed.compile({});
  return [name, steps.map(({ kind, capability, input }) => [kind, capability, input])];
};
const problemsOf = (document: Json) =>
  read(document)
    .problems.map(({ message }) => message)
    .join('\n');

const source = { uri: 'data:,{{ "{{" }}a' };
const agent = { role: 'r', goal: 'g', backend: 'litellm', backend_config: { model: 'm' } };

describe('a call', () => {
  it.each<[Json, Json]>([
    [
      { command: 'converttojson', request: { input_uri: 'data:,{{a', meta: { mode: 'csv' } } },
      ['convertToJson', [['COMMAND', 'convertToJson', { source, mode: 'CSV' }]]],
    ],
    [
      { name: 'mine', command: 'fetch', options: { source: { uri: 'data:,{{a' } } },
      ['mine', [['COMMAND', 'fetch', { source }]]],
    ],
    [
      { query: 'from-url', request: { source_uris: ['data:,{{a'] } },
      ['query', [['QUERY', 'resources', { uris: [source.uri] }]]],
    ],
    [{ query: 'introspect' }, ['query', [['QUERY', 'catalog', {}]]]],
    [
      {
        command: 'pipeline',
        request: { meta: { steps: [{ command: 'fetch', request: { input_uri: 'data:,{{a' } }] } },
      },
      ['pipeline', [['COMMAND', 'fetch', { source }]]],
    ],
  ])('%j is a workflow', (document, plan) => {
    expect(planOf(document)).toEqual(plan);
  });

  it('is a query in a pipeline too, on the output before it', () => {
    const steps = [
      { command: 'fetch', request: { input_uri: 'data:,a' } },
      { command: 'from-url', request: { input_uri: '$previous.output' } },
      { command: 'introspect' },
    ];
    expect(planOf({ meta: { steps } })[1]).toEqual([
      ['COMMAND', 'fetch', { source: { uri: 'data:,a' } }],
      ['QUERY', 'resources', { uri: '{{ steps.fetch_1.resource.uri }}' }],
      ['QUERY', 'catalog', {}],
    ]);
  });

  it('may be an agent, whose resource is read before it', () => {
    const steps = planOf({ command: 'agent', request: { input_uri: 'data:,a' }, agent_node: agent })[1] as Json[][];
    expect(steps.map(([kind, capability]) => [kind, capability])).toEqual([
      ['COMMAND', 'fetch'],
      ['AGENT', 'litellm'],
    ]);
  });

  it.each<[Json, RegExp]>([
    [{ command: 'fetsch', request: {} }, /there is no command fetsch\. Did you mean fetch\?/],
    [{ command: 5, request: {} }, /A step needs a command or an agent_node/],
    [{ command: 'fetch', request: 5 }, /request must be an object/],
    [{ command: 'fetch', request: { input_uri: '$previous.output' } }, /The first step cannot use \$previous\.output/],
    [{ command: 'fetch', payload: {} }, /unknown key "payload"/],
    [{ query: 'from-uri', request: {} }, /there is no query from-uri\./],
    [{ query: 5 }, /query must be the name of a query/],
    [{ query: 'from-url', request: [] }, /request must be an object/],
    [{ query: 'from-url', request: { input_uri: 5 } }, /^input_uri must be a string/],
    [{ query: 'from-url', payload: {} }, /A query has query and request, but not "payload"/],
    [
      { command: 'pipeline', request: { meta: { steps: [] } } },
      /request\.meta\.steps must be a list|meta\.steps must be a list/,
    ],
    [{ agent_node: { role: 'r' } }, /^agent_node is missing the required key goal/],
    [{ meta: 5 }, /^meta\.steps must be a list of steps, with at least one\.$/],
    [
      { steps: [{ command: 'fetch', request: { input_uri: 'data:,a' } }, 'x'] },
      /^Step 2 must be an object with command and request, or with agent_node\.$/,
    ],
    [{ role: 'r', backend: 'mcp' }, /^The document is missing the required key goal\.$/],
    [[], /^A workflow must be an object: with name and steps .*\(agent file\)\.$/],
  ])('%j is refused with its reason', (document, message) => {
    expect(problemsOf(document)).toMatch(message);
  });

  it('is refused with the line and column of what is wrong', () => {
    const text =
      '{\n  "command": "converttojson",\n  "request": {\n    "meta": { "mode": "cvs" }, "input_uri": "data:,a"\n  }\n}';
    const { problems } = readWorkflow({ text }, testCatalog);
    expect(problems).toMatchObject([{ line: 4, message: expect.stringContaining('mode must be one of AUTO, CSV') }]);
  });
});

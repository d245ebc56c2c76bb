import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../test/support/workflow/catalog.ts';
import { COMPLETE_DOCUMENT } from '../../test/support/workflow/complete-document.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { convertWorkflow } from './convert-workflow.ts';
import type { WorkflowSource } from './read-source.ts';
import { readWorkflow } from './read-workflow.ts';

const folder = new URL('../../test/support/workflow/source-documents/', import.meta.url);
/** Those of other systems, in forms other than the native one. */
const others: readonly JsonObject[] = readdirSync(folder).flatMap((file) =>
  [JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as JsonObject | readonly JsonObject[]].flat(),
);

/** What a document does. */
function meaningOf(source: WorkflowSource): unknown {
  const { document, problems } = readWorkflow(source, testCatalog);
  if (!document) return problems;
  const { name, description, steps } = document;
  const { outputs } = document.compile({}).plan;
  return JSON.parse(JSON.stringify({ name, description, steps, outputs }));
}

const convert = (document: Json, form: 'NATIVE' | 'DAG_JSON') => convertWorkflow({ document }, form, testCatalog);
const errorsOf = (source: WorkflowSource) =>
  convertWorkflow(source, 'DAG_JSON', testCatalog).problems.filter(({ severity }) => severity === 'ERROR');

const word = fc.string({ minLength: 1, maxLength: 8 });
/** DAG-JSON whose nodes take their inputs from earlier ones. */
const dags = fc
  .array(
    fc.record({
      kind: fc.constantFrom('converttojson', 'render', 'query', 'agent', 'http'),
      inputs: fc.array(fc.nat(), { maxLength: 3 }),
      text: fc.oneof(word, fc.constantFrom('{{', '{{ inputs.a }}', '{{ "{{" }}', '{% if %}')),
      hasUri: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((nodes): JsonObject => {
    const all = nodes.map(({ kind, inputs, text, hasUri }, i): JsonObject => {
      const from = [...new Set(inputs.map((n) => `n${n % Math.max(1, i)}`))];
      const common = { id: `n${i}`, label: `Node ${i}`, ...(i > 0 && from.length > 0 && { inputs: from }) };
      const uri = hasUri || i === 0 || from.length === 0 ? { uri: 'data:,a' } : {};
      if (kind === 'agent') {
        const agent = { role: text, goal: text, backend: 'mcp', backend_config: { server_url: 'http://a.example/' } };
        return { ...common, type: 'agent', agent, meta: { note: text } };
      }
      if (kind === 'http')
        return { ...common, type: 'http', method: 'POST', url: 'https://a.example/', json: { text } };
      if (kind === 'query') return { ...common, type: 'query', query: 'resources', ...uri };
      return { ...common, type: 'command', command_type: kind, ...uri, meta: kind === 'render' ? { title: text } : {} };
    });
    return { version: '1.0', name: 'dag', nodes: all, outputs: ['n0', { name: 'last', node: `n${all.length - 1}` }] };
  });

describe('a converted workflow', () => {
  it('in the native form does what its document of another system does', () => {
    for (const document of others) {
      const meaning = meaningOf({ document });
      if (Array.isArray(meaning)) continue;
      const { text = '' } = convert(document, 'NATIVE');
      expect(text).not.toBe('');
      expect(meaningOf({ text })).toEqual(meaning);
    }
  });

  it('goes from DAG-JSON to the native form and back, and does the same', () => {
    fc.assert(
      fc.property(dags, (dag) => {
        const meaning = meaningOf({ document: dag });
        fc.pre(!Array.isArray(meaning));
        const native = convert(dag, 'NATIVE');
        expect(meaningOf({ text: native.text ?? '' })).toEqual(meaning);
        const { text = '', problems } = convertWorkflow({ text: native.text ?? '' }, 'DAG_JSON', testCatalog);
        expect(problems.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
        expect(meaningOf({ document: JSON.parse(text) as Json })).toEqual(meaning);
      }),
    );
  });

  it('has its text unchanged when it has that form already', () => {
    const text = `# kept\n${COMPLETE_DOCUMENT}`;
    expect(convertWorkflow({ text }, 'NATIVE', testCatalog).text).toBe(text);
    const dag = '{"version":"1","name":"a","nodes":[{"id":"a","type":"fetch","uri":"data:,a"}]}';
    expect(convertWorkflow({ text: dag }, 'DAG_JSON', testCatalog).text).toBe(dag);
  });

  it('names, with its line, what DAG-JSON cannot express', () => {
    const text = [
      'name: a',
      'inputs: { who: string }',
      'steps:',
      '  - id: wait',
      '    kind: sleep',
      '    input: { ms: 1 }',
      '  - id: get',
      '    kind: command',
      '    command: fetch',
      "    when: '{{ who }}'",
      "    input: { source: { uri: '{{ who }}' } }",
    ].join('\n');
    expect(errorsOf({ text }).map(({ step, line, message }) => [step, line, message.split('.')[0]])).toEqual([
      [undefined, 2, 'DAG-JSON has no inputs'],
      ['wait', 5, 'Step wait is of kind sleep, which DAG-JSON does not have'],
      ['get', 10, 'Step get: DAG-JSON has no when'],
      ['get', 11, 'Step get: input has the expression {{ who }}, and DAG-JSON has none'],
    ]);
    expect(convertWorkflow({ text }, 'DAG_JSON', testCatalog).text).toBeUndefined();
  });

  it('is refused with its own problems when it is invalid', () => {
    expect(convert({ name: 'a', steps: [] }, 'DAG_JSON')).toMatchObject({ problems: [{ severity: 'ERROR' }] });
  });
});

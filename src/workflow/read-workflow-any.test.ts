import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { testCatalog } from '../../test/support/workflow/catalog.ts';
import { COMPLETE_DOCUMENT } from '../../test/support/workflow/complete-document.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Problem } from './model/workflow-document.ts';
import { readWorkflow } from './read-workflow.ts';

const errors = (problems: readonly Problem[]) => problems.filter(({ severity }) => severity === 'ERROR');
const dag = {
  version: '1',
  name: 'dag',
  nodes: [
    {
      id: 'a',
      type: 'command',
      command_type: 'converttojson',
      uri: 'data:,a',
      meta: { mode: 'CSV' },
      mime_type: 'a/b',
    },
    {
      id: 'g',
      type: 'group',
      nodes: [{ id: 'b', type: 'http', url: 'https://a.example', method: 'GET', headers: {} }, 'a'],
    },
    { id: 'c', type: 'render', inputs: ['g', 'a'], schema_uri: 'data:,' },
    { id: 'd', type: 'query', query: 'resources', input: 'c' },
    { id: 'e', type: 'agent', role: 'r', goal: 'g', backend: 'mcp', backend_config: { server_url: 'x' }, input: 'd' },
  ],
  outputs: ['a', { name: 'x', node: 'g' }],
};
const pipeline = {
  name: 'line',
  steps: [
    { command: 'convertToJson', options: { source: { uri: 'data:,a' } } },
    { command: 'render', options: { source: '$previous.output', template: '{{ a }}' } },
    { agent: { role: 'r', goal: 'g', backend: 'bash_cli', backend_config: { command_template: '{{ goal }}' } } },
  ],
};
/** Those of other systems. */
const folder = new URL('../../test/support/workflow/source-documents/', import.meta.url);
const others = readdirSync(folder).flatMap((file) =>
  [JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as JsonObject | readonly JsonObject[]].flat(),
);
const build = readFileSync(new URL('../../examples/workflows/build_service.yaml', import.meta.url), 'utf8');
const valid: readonly JsonObject[] = [
  parse(COMPLETE_DOCUMENT) as JsonObject,
  dag,
  pipeline,
  parse(build) as JsonObject,
  ...others,
];

/** Paths to every value in a document. */
function pathsOf(value: Json, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, one]) => pathsOf(one, [...at, name]))];
}

function put(value: Json, [name, ...rest]: readonly string[], other: Json): Json {
  if (name === undefined) return other;
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === name ? put(one, rest, other) : one));
  return { ...(value as JsonObject), [name]: put((value as JsonObject)[name] ?? null, rest, other) };
}

describe('any source', () => {
  const readChecked = (source: Parameters<typeof readWorkflow>[0]) => {
    const { document, problems } = readWorkflow(source, testCatalog);
    expect(document === undefined).toBe(errors(problems).length > 0);
    for (const { line, column } of problems)
      expect([line ?? 1, column ?? 1].every((n) => Number.isInteger(n) && n >= 1)).toBe(true);
    return document;
  };

  it('gives a document or problems: any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => void readChecked({ document: document as Json })),
      { numRuns: 300 },
    );
  });

  it('gives a document or problems: any text', () => {
    const piece = fc.constantFrom(
      'name: a',
      '\n',
      '  ',
      '- ',
      'steps:',
      'id: a',
      'kind: sleep',
      '{',
      '}',
      '[',
      ']',
      ': ',
      '&a ',
      '*a',
      '!!set',
      '|',
      '>',
      '"',
      "'",
      '#',
      '? ',
      '---',
      '...',
      '%YAML',
      '\t',
      '<<: ',
      'null',
      '1',
      '\u0000',
      'é',
      '{{',
      '}}',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(piece, { maxLength: 40 }).map((p) => p.join('')),
    );
    fc.assert(
      fc.property(text, (yaml) => void readChecked({ text: yaml })),
      { numRuns: 1_000 },
    );
  });

  it('gives a document or problems: a valid one with one change', () => {
    const paths = fc.constantFrom(...valid.flatMap((one) => pathsOf(one).map((path) => [one, path] as const)));
    const value = fc.oneof(
      fc.constantFrom<Json[]>(
        null,
        '',
        'a',
        '{{ a',
        '{{ steps.rows.output }}',
        'rows',
        0,
        -1,
        1.5,
        true,
        [],
        {},
        ['rows'],
        [[]],
        { kind: 'sleep' },
        '$previous.output',
        'a'.repeat(10_000),
        { meta: { meta: { steps: [null] } } },
        { input_uri: 'data:,a', payload_b64: '=', source_uris: [] },
        { role: 'r', goal: 'g', backend: 'mcp' },
        '__proto__',
      ),
      fc.jsonValue().map((one) => one as Json),
    );
    fc.assert(
      fc.property(paths, value, ([one, path], other) => {
        const document = readChecked({ document: put(one, path, other) });
        // A document compiles with valid inputs.
        if (document && Object.keys((document.inputs.properties ?? {}) as object).length === 2) {
          try {
            const { steps } = document.compile({ source: 'data:,a', limit: 3 });
            const keys = new Set(steps.map(({ key }) => key));
            for (const step of steps) for (const needed of step.dependsOn) expect(keys.has(needed)).toBe(true);
          } catch (error) {
            expect(error).toMatchObject({ code: 'BAD_INPUT' });
          }
        }
      }),
      { numRuns: 1_500 },
    );
  });
});

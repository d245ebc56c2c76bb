import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { jsonTypesOf, typeOfTemplate } from '../expressions/static-type.ts';
import type { Catalog } from '../model/catalog.ts';
import { readWorkflow } from '../read-workflow.ts';

const number: JsonObject = { type: 'number' };
const catalog: Catalog = {
  ...testCatalog,
  command(name) {
    const entry = testCatalog.command(name);
    return entry && (name === 'render' ? { ...entry, mediaType: 'text/html' } : entry);
  },
  tool(name) {
    const entry = testCatalog.tool(name);
    const results = {
      type: 'array',
      items: { type: 'object', properties: { title: { type: 'string' }, score: number } },
    };
    return entry && (name === 'web.search' ? { ...entry, output: { type: 'object', properties: { results } } } : entry);
  },
};
const inputs = {
  ...{
    name: 'string',
    count: 'integer',
    list: 'array',
    config: { type: 'object', properties: { url: { type: 'string' } } },
  },
  ...{ maybe: { type: ['string', 'null'] }, any: {}, either: { anyOf: [{ type: 'string' }, { type: 'object' }] } },
};
const before = [
  { id: 'page', kind: 'command', command: 'render', input: { data: 1 } },
  { id: 'search', kind: 'tool', tool: 'web.search', input: { query: 'a' } },
  { id: 'ask', kind: 'approval', input: { reason: 'a' } },
  { id: 'rows', kind: 'command', command: 'convertToJson', input: { source: { uri: 'data:,a' } } },
  { id: 'pages', kind: 'command', command: 'render', for_each: ['a'], input: { data: '{{ item }}' } },
  { id: 'elsewhere', kind: 'command', command: 'render', input: { data: 1 }, pool: testCatalog.names.pools[0] },
];

function problemsOf(step: object): readonly string[] {
  const yaml = JSON.stringify({ name: 'typed', inputs, steps: [...before, { id: 's', ...step }] }, null, 1);
  return readWorkflow({ text: yaml }, catalog).problems.map(({ message, line }) => {
    expect(line).toBeGreaterThan(1);
    return message;
  });
}
const send = (to: Json, times: Json = 1) => ({ kind: 'command', command: 'send', input: { to, times } });

describe('an expression that is a whole option', () => {
  it.each<[string, RegExp]>([
    [
      '{{ steps.page.output }}',
      /to must be text, but \{\{ steps\.page\.output \}\} is an object\. Write \{\{ steps\.page\.output\.uri \}\} for its URI, or \{\{ steps\.page\.output \| tojson \}\}/,
    ],
    ['{{ steps.rows.resource }}', /is an object/],
    ['{{ steps.search.output }}', /Write \{\{ steps\.search\.output \| tojson \}\} for it as text\.$/],
    ['{{ steps.search.output.results }}', /is a list\..*tojson/],
    ['{{ steps.search.output.results[0].score }}', /is a number\..*\| string/],
    ['{{ steps.search.output.results | first }}', /is an object\..*tojson/],
    ['{{ steps.pages.output }}', /is a list/],
    ['{{ steps.ask.output.approved }}', /is a boolean/],
    ['{{ list }}', /is a list/],
    ['{{ config }}', /is an object/],
    ['{{ count }}', /is a number/],
    ['{{ 5 }}', /is a number/],
    ['{{ [name] }}', /is a list/],
    ['{{ {"a": name} }}', /is an object/],
    ['{{ name | length }}', /is a number/],
    ['{{ any is defined }}', /is a boolean/],
    ['{{ list if count > 1 else config }}', /is a list or an object/],
  ])('%s is not given as text', (text, message) => {
    expect(problemsOf(send(text))).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ...['{{ name }}', '{{ any }}', '{{ maybe }}', '{{ either }}', '{{ config.url }}', '{{ config.other }}'],
    ...['{{ steps.page.output.uri }}', '{{ steps.page.output | tojson }}', '{{ list | join(", ") }}', '{{ run.id }}'],
    ...['{{ steps.rows.output }}', '{{ steps.rows.output.x }}', '{{ steps.elsewhere.output }}', '{{ count | string }}'],
    ...['{{ steps.search.output.results[0].title }}', '{{ name or list }}', '{{ config | default("a") }}'],
    ...['{{ list | first }}', '{{ name ~ count }}', 'a {{ list }}', '{{ name.upper() }}', '{{ list | sum }}'],
  ])('%s is given as text', (text) => {
    expect(problemsOf(send(text))).toEqual([]);
  });

  it('is not given as a number when it is text', () => {
    expect(problemsOf(send('a', '{{ name }}'))).toEqual([
      expect.stringMatching(/times must be a whole number, but \{\{ name \}\} is text\. Write \{\{ name \| int \}\}/),
    ]);
    expect(problemsOf(send('a', '1{{ count }}'))).toEqual([expect.stringMatching(/write the expression alone/)]);
    for (const times of ['{{ count }}', '{{ count + 1 }}', '{{ name | int }}', '{{ any }}', '{{ count / 2 }}']) {
      expect(problemsOf(send('a', times))).toEqual([]);
    }
  });

  it('has the type of an item, of a list or of a batch', () => {
    const each = (list: Json, to: string, more = {}) => problemsOf({ ...send(to), for_each: list, ...more });
    expect(each(['a', 'b'], '{{ item }}')).toEqual([]);
    expect(each([1, 2], '{{ item }}')).toEqual([expect.stringMatching(/is a number/)]);
    expect(each([1, 'a'], '{{ item }}')).toEqual([]);
    expect(each('{{ steps.search.output.results }}', '{{ item }}')).toEqual([expect.stringMatching(/is an object/)]);
    expect(each('steps.search.output.results', '{{ item.title }}')).toEqual([]);
    expect(each('{{ list }}', '{{ item }}', { batch: 2 })).toEqual([expect.stringMatching(/is a list/)]);
    expect(each('{{ list }}', '{{ index }}')).toEqual([expect.stringMatching(/is a number/)]);
  });

  it('is checked in what a kind itself defines, in a compensation and in a source', () => {
    expect(problemsOf({ kind: 'approval', input: { reason: '{{ config }}' } })).toEqual([
      expect.stringMatching(/input\.reason must be text/),
    ]);
    expect(problemsOf({ kind: 'sleep', input: { ms: '{{ list }}' } })).toEqual([expect.stringMatching(/is a list/)]);
    expect(problemsOf({ ...send('a'), compensate: send('{{ config }}') })).toEqual([expect.stringMatching(/tojson/)]);
    const agent = { role: '{{ list }}', goal: 'a', backend: testCatalog.names.backends[0], backend_config: {} };
    expect(problemsOf({ kind: 'agent', agent })[0]).toMatch(/agent\.role must be text/);
    const source = { for_each: { source: { uri: '{{ config }}' } }, batch: 2 };
    expect(problemsOf({ ...send('a'), ...source })).toEqual([expect.stringMatching(/source\.uri must be text/)]);
  });
});

it('an input whose schema is not valid has no known type', () => {
  const yaml = JSON.stringify({
    name: 'a',
    inputs: { a: { type: 'constructor' }, b: { type: 5 } },
    steps: [{ id: 's', ...send('{{ a }}{{ b }}', '{{ b }}') }],
  });
  const { problems } = readWorkflow({ text: yaml }, catalog);
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/inputs is not a valid JSON Schema/)]);
});

describe('the type of an expression that is known before a run', () => {
  const values: JsonObject = { s: 'text', n: 2, f: 2.5, b: true, l: ['a', 1], o: { s: 'x', n: 1, l: [1] }, none: null };
  const typeOf = (value: Json): JsonObject => {
    if (value === null) return { type: 'null' };
    if (Array.isArray(value)) return { type: 'array', items: { enum: value } };
    if (typeof value !== 'object') return { type: typeof value };
    return { type: 'object', properties: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typeOf(v)])) };
  };
  const names = typeOf(values);
  const leaf = fc.constantFrom(
    's',
    'n',
    'f',
    'b',
    'l',
    'o',
    'o.s',
    'o["n"]',
    'o.l',
    'none',
    '1',
    '1.5',
    '"t"',
    'true',
    '[1, s]',
    '{"a": n}',
  );
  const filters = [
    ...[
      'tojson',
      'length',
      'int',
      'int("none")',
      'float',
      'string',
      'join',
      'upper',
      'list',
      'first',
      'last',
      'default(1)',
    ],
    ...[
      'default(l, true)',
      'sort',
      'unique',
      'items',
      'bool',
      'round',
      'abs',
      'replace("a", "b")',
      'reverse',
      'sum',
      'max',
    ],
    ...[
      'trim',
      'batch(2)',
      'map("string")',
      'select',
      'split',
      'lines',
      'wordcount',
      'pprint',
      'escape',
      'dictsort',
      'e',
    ],
  ];
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.tuple(tie('expression'), fc.constantFrom(...filters)).map(([one, filter]) => `(${one}) | ${filter}`),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('+', '-', '/', '//', '%', '~', 'and', 'or', '==', '<', 'in'),
          tie('expression'),
        )
        .map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) if b else (${b})`),
      tie('expression').map((one) => `not (${one})`),
      tie('expression').map((one) => `-(${one})`),
      tie('expression').map((one) => `+(${one})`),
      tie('expression').map((one) => `(${one})[0]`),
      tie('expression').map((one) => `(${one})[:1]`),
    ),
  }));

  it('includes the type of its value', () => {
    fc.assert(
      fc.property(expression, (source) => {
        const types = jsonTypesOf(typeOfTemplate(`{{ ${source} }}`, names));
        if (!types) return;
        let value: Json;
        try {
          value = evaluate(`{{ ${source} }}`, { inputs: values, steps: {}, run: { id: '', labels: {} } }) as Json;
        } catch {
          return;
        }
        const actual = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
        expect([...types], `${source} is ${JSON.stringify(value)}`).toContain(actual);
      }),
      { numRuns: 1_000 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../test/support/cpu-time.ts';
import { testCatalog } from '../../test/support/workflow/catalog.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { readWorkflow } from './read-workflow.ts';

const read = (text: string) => readWorkflow({ text }, testCatalog);
const readValue = (document: Json) => readWorkflow({ document }, testCatalog);
const sleep = (id: string, more: JsonObject = {}): JsonObject => ({ id, kind: 'sleep', input: { ms: 1 }, ...more });
/** The problems of a document of these steps, as one text. */
const problemsOf = (steps: readonly Json[], more: JsonObject = {}) =>
  readValue({ name: 'test', steps, ...more })
    .problems.map(({ severity, message }) => `${severity} ${message}`)
    .join('\n');
describe('the problems of a document', () => {
  it('are reported all at once, with positions in the text', () => {
    const { document, problems } = read(`name: test
stpes: []
inputs:
  source: strin
steps:
  - id: a
    kind: comand
  - id: b
    kind: command
    command: fetsch
    depends_on: [c, a]
  - id: b
    kind: sleep
    input: { ms: 1 }
  - id: d
    kind: command
    command: fetch
    input:
      sorce: { uri: "{{ sourc }}" }
`);
    expect(document).toBeUndefined();
    const located = problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    expect(located).toEqual([
      expect.stringMatching(/^2:1 The document has the unknown key "stpes"\. Did you mean steps\?/),
      expect.stringMatching(/^4:11 Input source must be one of string, .* Did you mean string\?/),
      expect.stringMatching(/^7:11 steps\[0\] has the unknown kind "comand"\. Did you mean command\?/),
      expect.stringMatching(/^10:14 Step b: there is no command fetsch\. Did you mean fetch\?/),
      expect.stringMatching(/^11:18 Step b depends on "c", which is not a step\./),
      expect.stringMatching(/^12:9 More than one step has the id b\./),
      expect.stringMatching(
        /^19:7 Step d, options of fetch: source must be given: .*|^19:7 .*sorce is not a known option/,
      ),
      expect.stringMatching(/^19:7 |^18:|^19:14 /),
      expect.stringMatching(
        /^19:21 Step d: \{\{ sourc \}\} refers to sourc, which is not an input\. Did you mean source\?/,
      ),
    ]);
  });

  it.each<[string, readonly Json[], RegExp, JsonObject?]>([
    ['a step that is not an object', ['a'], /must be an object with id and kind/],
    ['a step without an id', [{ kind: 'sleep', input: { ms: 1 } }], /steps\[0\] is missing the required key id/],
    ['an invalid id', [sleep('1a')], /steps\[0\]\.id must begin with a letter/],
    ['no steps', [], /steps must NOT have fewer than 1 items/],
    ['an unknown option', [sleep('a', { timeout: 1 })], /unknown key "timeout"\. Did you mean timeout_ms\?/],
    ['an option of the wrong type', [sleep('a', { timeout_ms: '1s' })], /steps\[0\]\.timeout_ms must be integer/],
    ['too many items at once', [sleep('a', { for_each: [1], max_parallel: 1_001 })], /max_parallel must be <= 1000/],
    ['a long sleep', [sleep('a', { input: { ms: 367 * 86_400_000 } })], /input\.ms must be <= 31622400000/],
    [
      'a sleep of both',
      [sleep('a', { input: { ms: 1, until: '2026-01-01T00:00:00Z' } })],
      /must NOT have more than 1 prop/,
    ],
    [
      'a code that does not exist',
      [sleep('a', { retry: { on: ['OOPS'] } })],
      /retry\.on\[0\] must be one of UNAUTHENTICATED/,
    ],
    ['a step that depends on itself', [sleep('a', { depends_on: ['a'] })], /a → a\./],
    [
      'a cycle',
      [sleep('a', { depends_on: ['b'] }), sleep('b', { depends_on: ['c'] }), sleep('c', { depends_on: ['a'] })],
      /depend on each other: a → b → c → a\./,
    ],
    [
      'a cycle that expressions make',
      [sleep('a', { input: { ms: '{{ steps.b.output }}' } }), sleep('b', { when: 'steps.a.output' })],
      /depend on each other: a → b → a\./,
    ],
    [
      'an unknown step in an expression',
      [sleep('abc'), sleep('b', { when: 'steps.abd.output' })],
      /refers to the step abd, which does not exist\. Did you mean abc\?/,
    ],
    [
      'an unknown member of a step',
      [sleep('a'), sleep('b', { when: 'steps.a.outptu' })],
      /reads outptu of a step, which does not exist\. Did you mean output\?/,
    ],
    [
      'a step that is known only at run time',
      [sleep('a'), sleep('b', { when: 'steps[run.id]' })],
      /must say which step/,
    ],
    [
      'an expression that does not parse',
      [sleep('a', { when: '1 +' })],
      /Step a: \{\{ 1 \+ \}\} cannot be evaluated: syntax error/,
    ],
    [
      'an open expression',
      [sleep('a', { input: { until: 'at {{ run.id' } })],
      /not a valid expression: \{\{ is never closed/,
    ],
    [
      'an unknown filter',
      [sleep('a', { when: '"a" | lenght > 1' })],
      /uses the filter lenght, .* Did you mean length\?/,
    ],
    [
      'invalid JSONata',
      [{ id: 'a', kind: 'transform', input: { expression: '$sum(' } }],
      /Step a: input\.expression is not valid JSONata: Expected .*, at character 5/,
    ],
    [
      'a minute that no hour has',
      [sleep('a')],
      /cron must have five fields .*Invalid value for minute: 99/,
      { schedule: { cron: '99 2 * * *' } },
    ],
    ['an item without for_each', [sleep('a', { input: { ms: '{{ item }}' } })], /refers to item or index/],
    [
      'repair where nothing is repaired',
      [sleep('a', { when: 'repair.round > 1' })],
      /refers to repair, which exists only/,
    ],
    [
      'a query that does not exist',
      [{ id: 'a', kind: 'query', query: 'resorces', input: {} }],
      /there is no query resorces\. Did you mean resources\?/,
    ],
    [
      'a composite command',
      [{ id: 'a', kind: 'command', command: 'pipeline', input: { steps: [] } }],
      /consists of other commands/,
    ],
    [
      'an option of the wrong value',
      [
        {
          id: 'a',
          kind: 'command',
          command: 'convertToJson',
          input: { source: { uri: 'data:,' }, mode: 'CVS', header: 1 },
        },
      ],
      /mode must be one of AUTO, CSV\.[\s\S]*header must be boolean|header must be boolean[\s\S]*mode must be/,
    ],
    [
      'options of a compensation',
      [sleep('a', { compensate: { kind: 'command', command: 'send', input: {} } })],
      /options of send: to must be given/,
    ],
    [
      'a compensation with options of a step',
      [sleep('a', { compensate: { ...sleep('b'), when: 'true' } })],
      /steps\[0\]\.compensate has the unknown key/,
    ],
    [
      'a compensation that refers to a step that may not have run',
      [sleep('a', { compensate: { kind: 'sleep', input: { ms: '{{ steps.b.output }}' } } }), sleep('b')],
      /Compensation of a: b may not have run by then/,
    ],
    [
      'a repair by no ancestor',
      [sleep('a'), sleep('b', { repair: { step: 'a' } })],
      /repaired by a, which it does not depend on/,
    ],
    [
      'a repair by a step that does not exist',
      [sleep('b', { repair: { step: 'nope' } })],
      /ERROR Step b is repaired by nope/,
    ],
    [
      'a repair through a for_each',
      [
        sleep('a'),
        sleep('b', { depends_on: ['a'], for_each: [1] }),
        sleep('c', { depends_on: ['b'], repair: { step: 'a' } }),
      ],
      /c cannot be repaired by a: b on the way has for_each/,
    ],
    ['a step that never runs', [sleep('a', { when: 'false' })], /WARNING Step a: it never runs/],
    [
      'an option without an effect',
      [sleep('a', { max_parallel: 3 })],
      /WARNING Step a: max_parallel has no effect without for_each/,
    ],
    [
      'an input with a reserved name',
      [sleep('a')],
      /ERROR Input steps has a name that is reserved/,
      { inputs: { steps: 'string' } },
    ],
    [
      'an input that expressions cannot use',
      [sleep('a')],
      /Input "a-b" cannot be used in expressions/,
      { inputs: { 'a-b': 'string' } },
    ],
    ['an invalid input schema', [sleep('a')], /not a valid JSON Schema/, { inputs: { a: { type: 'strnig' } } }],
    [
      'an input schema with a reference',
      [sleep('a')],
      /uses \$ref, which is not allowed/,
      { inputs: { a: { allOf: [{ $ref: '#' }] } } },
    ],
    [
      'a goal over steps',
      [sleep('a')],
      /goal_template: \{\{ steps\.a\.output \}\} refers to the step a/,
      { goal_template: '{{ steps.a.output }}' },
    ],
    [
      'an output of no step',
      [sleep('a')],
      /outputs: \{\{ steps\.b\.output \}\} refers to the step b/,
      { outputs: { x: ['{{ steps.b.output }}'] } },
    ],
    ['a schedule without fields', [sleep('a')], /cron must have five fields/, { schedule: { cron: 'daily' } }],
    [
      'an invalid time zone',
      [sleep('a')],
      /"Mars" is not a time zone/,
      { schedule: { cron: '0 2 * * *', time_zone: 'Mars' } },
    ],
    [
      'a workflow that starts itself',
      [{ id: 'a', kind: 'workflow', workflow: 'test' }],
      /WARNING Step a starts this same workflow/,
    ],
    ['an invalid name', [sleep('a')], /name must begin with a letter/, { name: 'a b' }],
  ])('include %s', (_, steps, message, more) => {
    expect(problemsOf(steps, more)).toMatch(message);
  });

  it.each([
    ['broken YAML', 'name: [a', /^This is not valid YAML/],
    ['a duplicate key', 'name: a\nname: b\nsteps: []', /Duplicate key "name"/],
    ['a list', '- a', /A workflow must be an object/],
    ['nothing', '', /A workflow must be an object/],
    ['a number that is not JSON', 'name: .nan\nsteps: []', /not a JSON number/],
    [
      'aliases without end',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
        .join('\n')}`,
      /aliases .*too many values/,
    ],
    ['depth', `name: a\nsteps: ${'['.repeat(40)}${']'.repeat(40)}`, /deeper than 32 levels/],
    ['depth without end', '['.repeat(500_000), /deeper than 32 levels/],
    [
      'depth by indentation',
      Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      /deeper than 32|object/,
    ],
    ['size', `name: ${'a'.repeat(2 ** 20)}`, /larger than 1 MiB/],
  ])('include %s, by its message', async (_, text, message) => {
    let messages = '';
    const cpuMs = await cpuMsOf(() => {
      messages = read(text)
        .problems.map((problem) => problem.message)
        .join('\n');
    });
    expect(messages).toMatch(message);
    expect(cpuMs).toBeLessThan(5_000);
  });

  it('are limited in number, and report how many are omitted', () => {
    const { problems } = readValue({
      name: 'a',
      steps: Array.from({ length: 400 }, (_, i) => sleep(`s${i}`, { nope: 1 })),
    });
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)?.message).toBe('There are 200 more problems. Fix the ones listed first.');
  });

  it('include more than 1,000 steps', () => {
    const chain = (count: number) =>
      Array.from({ length: count }, (_, i) => sleep(`s${i}`, i === 0 ? {} : { depends_on: [`s${i - 1}`] }));
    expect(problemsOf(chain(1_001))).toMatch(/There are 1001 steps; the maximum is 1000/);
    expect(problemsOf(chain(1_000))).toBe('');
  });
});

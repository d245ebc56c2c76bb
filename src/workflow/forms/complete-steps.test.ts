import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { readWorkflow } from '../read-workflow.ts';

const read = (steps: readonly Json[], more: JsonObject = {}) =>
  readWorkflow({ document: { name: 'test', steps, ...more } }, testCatalog);
const inputsOf = (steps: readonly Json[], more: JsonObject = {}, inputs: JsonObject = {}) => {
  const { document, problems } = read(steps, more);
  if (!document) throw new Error(JSON.stringify(problems));
  return Object.fromEntries(document.compile(inputs).steps.map(({ key, input }) => [key, input]));
};
const problemsOf = (steps: readonly Json[], more: JsonObject = {}) =>
  read(steps, more)
    .problems.map(({ message }) => message)
    .join('\n');

const plan = { id: 'plan', kind: 'plan', input: { goal: 'A shop' } };
const code = { id: 'code', kind: 'codegen', depends_on: ['plan'] };
const goal = { goal_template: 'Keep {{ resource }}', inputs: { resource: 'string' } };

describe('a step', () => {
  it('may name its command or query as other systems do', () => {
    const { document } = read([
      { id: 'a', kind: 'command', command: 'converttojson', input: { source: { uri: 'data:,a' } } },
      { id: 'b', kind: 'query', query: 'from-url', input: { uri: 'data:,a' } },
      {
        ...{ id: 'c', kind: 'command', command: 'FETCH', input: { source: { uri: 'data:,a' } } },
        compensate: { kind: 'command', command: 'SEND', input: { to: 'a' } },
      },
    ]);
    const capabilities = document?.steps.map(({ capability, terms }) => [capability, terms?.compensate?.capability]);
    expect(capabilities).toEqual([
      ['convertToJson', undefined],
      ['resources', undefined],
      ['fetch', 'send'],
    ]);
  });
});

describe('a step of kind plan', () => {
  it('works from goal_template and the input that the goal is about', () => {
    const { plan: input } = inputsOf([{ id: 'plan', kind: 'plan' }], goal, { resource: 'Listing' });
    expect(input).toEqual({ goal: 'Keep {{ resource }}', resource: '{{ resource }}' });
  });

  it.each<[string, JsonObject]>([
    ['is not a text', { ...goal, inputs: { resource: { type: 'object', default: {} } } }],
    ['is not in the goal', { goal_template: 'Keep it', inputs: { resource: { type: 'string', default: 'a' } } }],
  ])('leaves the resource to the goal when the input resource %s', (_, more) => {
    const { plan: input } = inputsOf([{ id: 'plan', kind: 'plan' }], more);
    expect(input).toEqual({ goal: more.goal_template });
  });

  it('reads constraints as its requirements', () => {
    const steps = [{ ...plan, input: { goal: 'A shop', constraints: ['mypy clean'] } }];
    expect(inputsOf(steps)).toEqual({ plan: { goal: 'A shop', requirements: ['mypy clean'] } });
  });

  it('plans for the stack that the step after it generates code with', () => {
    const { plan: input } = inputsOf([plan, { ...code, input: { stack: 'Django' } }]);
    expect(input).toEqual({ goal: 'A shop', stack: 'Django' });
    const two = [plan, { ...code, input: { stack: 'A' } }, { ...code, id: 'other', input: { stack: 'B' } }];
    expect(inputsOf(two).plan).toEqual({ goal: 'A shop' });
  });

  it('keeps what it states itself', () => {
    const input = { goal: 'Mine', resource: 'Order', stack: 'x' };
    const steps = [
      { ...plan, input },
      { ...code, input: { stack: 'y' } },
    ];
    expect(inputsOf(steps, goal, { resource: 'Listing' }).plan).toEqual(input);
  });
});

describe('a step that works on what others made', () => {
  it('finds the plan, the searches, the files and their stack in the steps before it', () => {
    const search = { kind: 'tool', tool: 'web.search', input: { query: 'q' }, depends_on: ['plan'] };
    const inputs = inputsOf([
      plan,
      { id: 'web', ...search },
      { id: 'more', kind: 'research', depends_on: ['plan'], input: { query: 'q' } },
      { id: 'unrelated', ...search, depends_on: [] },
      { id: 'code-it', kind: 'codegen', depends_on: ['web', 'more'] },
      { id: 'check', kind: 'eval', depends_on: ['code-it'] },
      { id: 'save', kind: 'repo', depends_on: ['check'], input: { message: 'm' } },
    ]);
    expect(inputs).toMatchObject({
      'code-it': { plan: '{{ steps.plan.output }}', findings: ['{{ steps.web.output }}', '{{ steps.more.output }}'] },
      check: { stack: '{{ steps["code-it"].output.stack }}', files: '{{ steps["code-it"].output.files }}' },
      save: { message: 'm', files: '{{ steps["code-it"].output.files }}' },
    });
  });

  it('follows the steps that its expressions refer to', () => {
    const steps = [plan, { id: 'code', kind: 'codegen', input: { problems: '{{ steps.plan.state }}' } }];
    expect(inputsOf(steps).code).toMatchObject({ plan: '{{ steps.plan.output }}' });
  });

  it('takes the last of several that follow each other', () => {
    const again = { id: 'again', kind: 'plan', depends_on: ['plan'], input: { goal: 'B' } };
    const steps = [{ ...code, depends_on: ['plan', 'again'] }, again, plan];
    expect(inputsOf(steps).code).toMatchObject({ plan: '{{ steps.again.output }}' });
  });

  it('adds nothing to a step that states its plan or its files', () => {
    const stated = { id: 'code', kind: 'codegen', depends_on: ['web'], input: { plan: '{{ steps.plan.output }}' } };
    const web = { id: 'web', kind: 'tool', tool: 'web.search', input: { query: 'q' } };
    const check = { id: 'check', kind: 'eval', depends_on: ['code'], input: { files: [] } };
    expect(inputsOf([plan, web, stated, check])).toMatchObject({ code: stated.input, check: check.input });
  });

  it('commits what the repository contains when no step before it generates files', () => {
    expect(inputsOf([{ id: 'save', kind: 'repo', input: { message: 'm' } }])).toEqual({ save: { message: 'm' } });
  });

  it.each<[string, readonly Json[], RegExp]>([
    [
      'no plan before it',
      [plan, { id: 'code', kind: 'codegen' }],
      /^Step code has nothing to work on\. Let it depend on a step of kind plan, or set plan in its input, such as "\{\{ steps\.ID\.output \}\}"\.$/,
    ],
    ['only a plan with for_each', [{ ...plan, for_each: [1] }, code], /^Step code has nothing to work on\./],
    [
      'two plans side by side',
      [plan, { ...plan, id: 'other' }, { ...code, depends_on: ['plan', 'other'] }],
      /^Step code depends on several steps of kind plan, plan, other, and does not say which\./,
    ],
    ['nothing to check', [{ id: 'check', kind: 'eval' }], /^Step check has nothing to work on\. .* set files /],
    [
      'constraints and requirements',
      [{ ...plan, input: { goal: 'g', constraints: [], requirements: [] } }],
      /^Step plan: constraints and requirements are the same\. Keep one of the two\.$/,
    ],
    ['no goal anywhere', [{ id: 'plan', kind: 'plan', input: { constraints: [] } }], /goal must be given/],
    [
      'constraints that are not a list',
      [{ ...plan, input: { goal: 'g', constraints: 5 } }],
      /requirements must be array/,
    ],
    ['an input of another type', [plan, { ...code, input: 'x' }], /^steps\[1\]\.input must/],
    ['a cycle', [{ ...plan, depends_on: ['code'] }, code], /depend on each other/],
    ['dependencies of another type', [plan, { ...code, depends_on: 'plan' }], /steps\[1\]\.depends_on must be array/],
  ])('reports %s', (_, steps, message) => {
    expect(problemsOf(steps)).toMatch(message);
  });

  it('locates a problem where the document has its cause', () => {
    const text = 'name: a\nsteps:\n  - id: plan\n    kind: plan\n    input:\n      goal: x\n      constraints: 5\n';
    const [problem] = readWorkflow({ text }, testCatalog).problems;
    expect(problem).toMatchObject({ line: 7, column: 20 });
  });

  it('reads a thousand steps that each depend on fifty others', () => {
    const steps = Array.from({ length: 1_000 }, (_, i) => ({
      id: `s${i}`,
      kind: i % 2 === 0 ? 'plan' : 'codegen',
      ...(i % 2 === 0 && { input: { goal: 'g' } }),
      depends_on: Array.from({ length: Math.min(i, 50) }, (_, j) => `s${i - j - 1}`),
    }));
    expect(inputsOf(steps).s999).toMatchObject({ plan: '{{ steps.s998.output }}' });
  });
});

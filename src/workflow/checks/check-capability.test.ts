import { describe, expect, it } from 'vitest';
import { problemsOf, stepsOf, testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readWorkflow } from '../read-workflow.ts';

const document = (...steps: readonly JsonObject[]): JsonObject => ({ name: 'test', steps });
const search = { id: 'a', kind: 'tool', tool: 'web.search', input: { query: 'tea' } };

describe('a step of kind tool', () => {
  it('is planned with the effect and the defaults of its tool', () => {
    expect(stepsOf(document(search))).toEqual([
      {
        key: 'a',
        title: 'a',
        kind: 'TOOL',
        capability: 'web.search',
        effect: 'pure',
        input: { query: 'tea', limit: 10 },
        maxAttempts: 1,
        dependsOn: [],
      },
    ]);
    const run = { id: 'a', kind: 'tool', tool: 'python.run', input: { entrypoint: '-c' } };
    expect(stepsOf(document(run))[0]).toMatchObject({ effect: 'external', terms: { idempotent: true } });
  });

  it('may compensate another step', () => {
    const compensate = { kind: 'tool', tool: 'python.run', input: { entrypoint: 'undo.py' }, retry: {} };
    const [step] = stepsOf(document({ ...search, compensate }));
    expect(step?.terms?.compensate).toMatchObject({
      kind: 'TOOL',
      capability: 'python.run',
      effect: 'external',
      maxAttempts: 3,
      terms: { idempotent: true },
    });
    expect(problemsOf(document({ ...search, compensate: { ...compensate, tool: 'python.rnu' } }))).toMatch(
      /there is no tool python\.rnu\. Did you mean python\.run\?/,
    );
  });

  it.each<[string, JsonObject, RegExp]>([
    ['no tool', { tool: undefined } as unknown as JsonObject, /steps\[0\] is missing the required key tool/],
    [
      'an unknown tool',
      { tool: 'web.serch' },
      /there is no tool web\.serch\. Did you mean web\.search\? Available: web/,
    ],
    [
      'an unknown argument',
      { input: { query: 'x', limt: 1 } },
      /Step a, arguments of web\.search: limt is not a known option\. Did you mean limit\?/,
    ],
    ['a missing argument', { input: {} }, /arguments of web\.search: query must be given/],
    [
      'an unknown pool',
      { pool: 'fats' },
      /Step a: there is no pool fats\. Did you mean fast\? Pools of this server: inline, fast/,
    ],
  ])('reports %s', (_, more, message) => {
    expect(problemsOf(JSON.parse(JSON.stringify(document({ ...search, ...more }))) as JsonObject)).toMatch(message);
  });
});

describe('a step of a kind that calls tools', () => {
  it('is planned under the name of its kind, with external effects, and idempotent where its kind is', () => {
    const steps = stepsOf(
      document(
        { id: 'a', kind: 'plan', input: { goal: 'Build' } },
        { id: 'b', kind: 'codegen', input: { plan: '{{ steps.a.output }}' } },
        { id: 'c', kind: 'repo', input: { message: 'Done' } },
        { id: 'd', kind: 'notify', input: { message: 'Done' } },
      ),
    );
    expect(steps.map(({ kind, capability, effect, terms }) => [kind, capability, effect, terms])).toEqual([
      ['PLAN', 'plan', 'external', { idempotent: true }],
      ['CODEGEN', 'codegen', 'external', { evaluate: true, idempotent: true }],
      ['REPO', 'repo', 'external', undefined],
      ['NOTIFY', 'notify', 'external', undefined],
    ]);
  });

  it('is a step of kind tool where it names one', () => {
    const step = { id: 'a', kind: 'research', tool: 'web.search', input: { query: 'tea' } };
    const { document: parsed, graph, problems } = readWorkflow({ document: document(step) }, testCatalog);
    expect(problems).toEqual([]);
    expect(graph?.nodes).toEqual([{ key: 'a', kind: 'TOOL', title: 'a', does: 'web.search', forEach: false }]);
    expect(parsed?.steps).toEqual(stepsOf(document(search)));
    expect(problemsOf(document({ ...step, tool: 'web.serch' }))).toMatch(/there is no tool web\.serch/);
  });

  it('is repaired by an earlier one, as other steps are', () => {
    const [, check] = stepsOf(
      document(
        { id: 'draft', kind: 'codegen', input: { plan: 1, problems: '{{ repair.error if repair is defined }}' } },
        { id: 'check', kind: 'eval', repair: { step: 'draft' }, input: { files: '{{ steps.draft.output.files }}' } },
      ),
    );
    expect(check).toMatchObject({ dependsOn: ['draft'], terms: { repair: { step: 'draft', maxRounds: 3 } } });
  });

  it.each<[string, JsonObject, RegExp]>([
    [
      'an unknown key of its input',
      { kind: 'plan', input: { gaol: 'x' } },
      /Step a, input of plan: gaol is not a known option\. Did you mean goal\?/,
    ],
    ['a missing key of its input', { kind: 'plan' }, /input of plan: goal must be given/],
    [
      'a value outside its enum',
      { kind: 'notify', input: { message: 'x', level: 'LOUD' } },
      /input of notify: level must be one of INFO, WARN/,
    ],
    ['a key of another kind', { kind: 'plan', agent: {} }, /unknown key "agent"/],
  ])('reports %s', (_, step, message) => {
    expect(problemsOf(document({ id: 'a', ...step }))).toMatch(message);
  });

  it('is rejected where the server does not support its kind', () => {
    const without = { ...testCatalog, kind: () => undefined };
    const { problems } = readWorkflow({ document: document({ id: 'a', kind: 'plan', input: {} }) }, without);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/does not support steps of kind plan/),
    ]);
  });
});

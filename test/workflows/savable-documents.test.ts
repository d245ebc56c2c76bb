import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, type TestUserName, type TestUsers } from '../support/test-users.ts';
import { valueStep } from '../support/workflow/workflow-source.ts';

let server: Server;
let users: TestUsers;
beforeAll(async () => {
  server = await startServer({ env: { QUOTAS: 'workflows=2,scheduledStarts=60' } });
  users = await createTestUsers(server);
  for (const who of ['admin', 'alice'] as const) {
    const source = { document: document(`of_${who}`) };
    expect(await users.mutate('saveWorkflow', { source }, SAVED, who)).toMatchObject({ name: `of_${who}` });
  }
});
afterAll(() => server?.stop());

const SAVED = '... on Workflow { name version }';
const VALIDATE = `query ($source: WorkflowSource!) { validateWorkflow(source: $source) {
  valid problems { severity message step line column }
} }`;
const step = valueStep('a', 1);
const document = (name: string, more: object = {}) => ({ name, steps: [step], ...more });
const starting = (id: string, workflow: string, more: object = {}) => ({ id, kind: 'workflow', workflow, ...more });
const nightly = { schedule: { cron: '0 2 * * *' } };

interface Problem {
  readonly severity: string;
  readonly message: string;
  readonly step: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

async function validate(source: object, who: TestUserName = 'alice') {
  const { validateWorkflow } = await users.ask(VALIDATE, { source }, who);
  const { valid, problems } = validateWorkflow as { valid: boolean; problems: readonly Problem[] };
  const errors = problems.filter(({ severity }) => severity === 'ERROR');
  expect(valid).toBe(errors.length === 0);
  return errors.map(({ step, line, column, message }) => ({
    path: step === null ? '' : `/steps/${step}`,
    message: line === null ? message : `line ${line}, column ${column}: ${message}`,
  }));
}

/** Documents that saveWorkflow refuses to Alice, with the steps (or none) and the words of each problem. */
const REFUSED: readonly (readonly [string, object, readonly (readonly [string, RegExp])[]])[] = [
  ['a name that is not one', document('no name'), [['', /name must/]]],
  ['no name', { steps: [step] }, [['', /name/]]],
  [
    'a step that does not exist',
    document('a', { outputs: { b: '{{ steps.b.output }}' } }),
    [['', /step b, which does not exist/]],
  ],
  ['the name of a workflow of another person', document('of_admin'), [['', /belongs to admin/]]],
  [
    'parts that do not exist, also for a compensation',
    document('parts', {
      steps: [
        starting('b', 'of_admin'),
        starting('c', 'missing'),
        { ...step, compensate: { kind: 'workflow', workflow: 'absent' } },
        starting('d', 'missing', { version: 'latest' }),
        starting('e', 'parts'),
      ],
    }),
    [
      ['/steps/c', /starts missing, which does not exist/],
      ['/steps/a', /starts absent, which does not exist/],
    ],
  ],
  [
    'a schedule, and inputs without a default',
    document('scheduled', { ...nightly, inputs: { day: 'string', size: { type: 'integer', default: 1 } } }),
    [['', /each needs a default.*\/day must be given/]],
  ],
  ['a schedule that is never due', document('never', { schedule: { cron: '0 0 30 2 *' } }), [['', /is never due/]]],
  [
    'a schedule of more starts than the quota has',
    document('often', { schedule: { cron: '*/30 * * * * *' } }),
    [['', /quota scheduledStarts .* is exceeded/]],
  ],
  [
    'several of these together',
    document('of_admin', { ...nightly, inputs: { day: 'string' }, steps: [starting('b', 'missing')] }),
    [
      ['/steps/b', /starts missing/],
      ['', /each needs a default/],
      ['', /belongs to admin/],
    ],
  ],
];

describe('a document that saveWorkflow refuses', () => {
  it.each(REFUSED)('because of %s has the same problems for validateWorkflow', async (_, refused, expected) => {
    const problems = await validate({ document: refused });
    expect(problems).toEqual(expected.map(([path, message]) => ({ path, message: expect.stringMatching(message) })));
    const refusal = await users.mutate('saveWorkflow', { source: { document: refused } }, SAVED);
    expect(refusal.__typename).toBe('Refusal');
    expect(refusal.message).toContain(problems[0]?.message);
    if (expected.length > 1) expect(refusal.violations).toEqual(problems);
  });

  it('because of a quota has that problem, until there is room', async () => {
    const save = (name: string) => users.mutate('saveWorkflow', { source: { document: document(name) } }, SAVED);
    expect(await validate({ document: document('second') })).toEqual([]);
    await save('second');
    const [problem, ...more] = await validate({ document: document('third') });
    expect(more).toEqual([]);
    expect(problem?.message).toMatch(/quota workflows of the user alice is exceeded: 2 of 2/);
    expect(await save('third')).toMatchObject({ code: 'THROTTLED', message: problem?.message });
    await users.mutate('deleteWorkflow', { name: 'second' }, SAVED);
    expect(await validate({ document: document('third') })).toEqual([]);
    expect(await users.ask('{ workflow(name: "third") { version } }')).toEqual({ workflow: null });
  });

  it('is still valid for those who may only start it, if that is possible', async () => {
    expect(await validate({ document: document('of_admin') }, 'bob')).toEqual([]);
    expect(await validate({ name: 'of_admin' }, 'alice')).toEqual([]);
    expect(await validate({ document: document('whole', { steps: [starting('b', 'missing')] }) }, 'bob')).toEqual([
      { path: '/steps/b', message: expect.stringContaining('starts missing') },
    ]);
  });
});

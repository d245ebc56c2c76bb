import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { createRunModel, type RunModel, type StepModel } from '../../../sdk/src/live/index.ts';
import { treeLines } from './tree.ts';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const now = new Date(at(41));
type Step = Parameters<typeof createRunModel>[0]['steps'][number];

function runOf(steps: readonly Partial<Step>[]): RunModel {
  return createRunModel({
    id: 'run_1',
    kind: 'WORKFLOW',
    state: 'RUNNING',
    workflow: 'build_service',
    goal: null,
    error: null,
    createdAt: at(0),
    startedAt: at(0),
    finishedAt: null,
    cursor: '',
    steps: steps.map((step, n) => ({
      ...{ key: `s${n}`, title: `s${n}`, kind: 'TRANSFORM', does: null, state: 'PENDING', dependsOn: [] },
      ...{ attempt: 1, maxAttempts: 1, error: null, progress: null, itemCounts: [], approval: null, repair: null },
      ...{ wakeAt: null, scheduledAt: null, startedAt: null, finishedAt: null, undoes: null },
      ...step,
    })) as Step[],
  });
}

const textOf = (model: RunModel, options: { rows?: number; columns?: number; log?: readonly string[] } = {}) =>
  treeLines(model, { columns: 100, now, logOf: () => options.log ?? [], ...options }).map(({ text }) => text);

const RUN = runOf([
  { key: 'plan', state: 'SUCCEEDED', startedAt: at(0), finishedAt: at(2) },
  {
    key: 'eval',
    state: 'FAILED',
    attempt: 2,
    maxAttempts: 3,
    startedAt: at(3),
    finishedAt: at(11),
    error: { code: 'BAD_INPUT', message: '2 tests failed', retryable: false },
  },
  {
    key: 'pages',
    state: 'RUNNING',
    startedAt: at(40),
    itemCounts: [
      { state: 'SUCCEEDED', count: 141 },
      { state: 'FAILED', count: 1 },
      { state: 'PENDING', count: 58 },
    ],
  },
  {
    key: 'agree',
    state: 'WAITING',
    approval: { id: 'apr_1', state: 'OPEN', reason: 'Really?', roles: ['lead'], expiresAt: null },
  },
]);

test('a run is its head, and a line of each step with what it does, took and waits for', () => {
  expect(textOf(RUN, { log: ['test_price: 3 != 4'] })).toEqual([
    '* run_1  build_service  RUNNING  41s',
    '|- ok plan  2.0s',
    '|- x eval  2/3  8.0s  BAD_INPUT 2 tests failed',
    '|  test_price: 3 != 4',
    '|- * pages  =======---  142/200, 1 failed  1.0s',
    "'- ~ agree  waits for lead: signalbox approve apr_1",
  ]);
});

test('what does not fit the terminal is counted: first what has completed, last what has failed', () => {
  const longer = {
    ...RUN,
    steps: new Map([['draft', { ...(RUN.steps.get('plan') as StepModel), key: 'draft' }], ...RUN.steps]),
  };
  expect(textOf(longer, { rows: 5 })).toEqual([
    '* run_1  build_service  RUNNING  41s',
    '|- x eval  2/3  8.0s  BAD_INPUT 2 tests failed',
    '|- * pages  =======---  142/200, 1 failed  1.0s',
    '|- ~ agree  waits for lead: signalbox approve apr_1',
    "'- ok 2 more completed",
  ]);
  expect(textOf(RUN, { rows: 3 })).toHaveLength(3);
});

test('any run fits any terminal, and no control character passes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const state = fc.constantFrom('PENDING', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED', 'SKIPPED', 'FAILED_RETRYABLE');
  const steps = fc.array(
    fc.record({
      key: text,
      state,
      error: fc.option(fc.record({ code: fc.constant('INTERNAL'), message: text, retryable: fc.boolean() })),
      progress: fc.option(fc.record({ percent: fc.nat({ max: 100 }), memo: text })),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(
      steps,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 20, max: 120 }),
      fc.array(text, { maxLength: 10 }),
      (sample, rows, columns, log) => {
        const lines = textOf(runOf(sample as Partial<Step>[]), { rows, columns, log });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      },
    ),
  );
});

import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { errorText, exitCodeOf } from './exit-codes.ts';
import { formatRows } from './format-rows.ts';
import { wrap } from './wrap.ts';

const ROW = { id: 'run_01920000000000000000000000000001', state: 'FAILED', goal: 'Convert the list of all suppliers' };

const table = (width?: number) => formatRows([ROW], 'table', width).trimEnd().split('\n');

test('a cell that does not fit the terminal is cut', () => {
  expect(table(64)[1]).toBe(`${ROW.id}  FAILED  Convert the list …`);
});

test('on 40 columns the ID is whole, and the other cells stand below it', () => {
  expect(table(40).slice(2)).toEqual([ROW.id, '  FAILED  Convert the list of all suppl…']);
});

test('no other ID and no state is cut: on a narrow terminal each cell has a line', () => {
  const row = {
    id: 'apr_0192000000000000',
    state: 'COMPENSATING',
    run: ROW.id,
    lastError: 'POLICY_DENIED',
    goal: ROW.goal,
  };
  const narrow = formatRows([row], 'table', 40).trimEnd().split('\n');
  expect(narrow).toEqual([
    row.id,
    '  STATE: COMPENSATING',
    '  RUN:',
    `  ${ROW.id}`,
    '  LAST ERROR: POLICY_DENIED',
    '  GOAL: Convert the list of all',
    '  suppliers',
  ]);
  const id = fc.stringMatching(/^(run|apr)_[0-9a-z]{8,32}$/);
  const state = fc.constantFrom('FAILED', 'WAITING', 'APPROVAL_REQUIRED', 'COMPENSATED');
  const rows = fc.array(fc.record({ id, state, run: id, goal: fc.string(), error: state }), { minLength: 1 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 40, max: 120 }), (sample, width) => {
      const words = formatRows(sample, 'table', width).split(/\s+/);
      for (const one of sample) expect(words).toEqual(expect.arrayContaining([one.id, one.state, one.run, one.error]));
    }),
  );
});

test('what is no terminal gets each cell whole', () => {
  expect(table()[1]).toBe(`${ROW.id}  FAILED  ${ROW.goal}`);
});

test('any text fits any terminal, and no control character passes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const id = fc.string({ unit: fc.constantFrom('a', '0', '_'), minLength: 1, maxLength: 40 });
  const rows = fc.array(fc.record({ id, state: text, goal: text }));
  fc.assert(
    fc.property(rows, fc.integer({ min: 40, max: 200 }), (sample, width) => {
      const lines = formatRows(sample, 'table', width).split('\n');
      for (const line of lines) {
        expect(stringWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
      for (const row of sample) expect(lines.some((line) => line.startsWith(row.id))).toBe(true);
    }),
  );
});

test('JSON keeps its value without passing control characters on', () => {
  const rows = [{ id: '\u009b31m\u202e\u007f\u001b[2J' }];
  for (const form of ['json', 'jsonl'] as const) {
    const text = formatRows(rows, form);
    expect(text).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
    expect([JSON.parse(text)].flat()).toEqual(rows);
  }
});

test('an unexpected error is one line without its stack, and says what to do', () => {
  expect(errorText(new TypeError('x is not a function\n  at y'))).toMatch(
    /^Unexpected error: x is not a function\. .*$/,
  );
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  expect(errorText(full)).toBe(
    'ENOSPC: no space left on device, write. Check the path, its permissions and the free space.',
  );
});

test('lines of an error are broken at spaces, with their indent, and IDs stay whole', () => {
  expect(wrap(`  inputs.a: must be a number\n${ROW.id} ended`, 20).split('\n')).toEqual([
    '  inputs.a: must be',
    '  a number',
    ROW.id,
    'ended',
  ]);
});

test('a refusal names its violations by path and the rule, and exits with 3', () => {
  const refusal = {
    __typename: 'Refusal',
    violations: [{ path: 'inputs.a', message: 'must be a number', keyword: 'type' }],
    decision: { effect: 'DENY', reason: 'no rule permits it', action: 'fetch', canonicalUri: null, rule: { id: 'p7' } },
  } as const;
  const error = new SignalboxError('FORBIDDEN', 'The policy denies it.', { refusal });
  expect(exitCodeOf(error)).toBe(3);
  expect(errorText(error).split('\n')).toEqual([
    'FORBIDDEN: The policy denies it.',
    '  inputs.a: must be a number',
    'Policy: no rule permits it',
    'Rule: p7',
  ]);
});

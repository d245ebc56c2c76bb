import { describe, expect, it } from 'vitest';
import { lineOfStep, stepAtLine } from './steps-of-text.ts';

const TEXT = `name: two
steps:
  - id: first
    kind: sleep

  # The second.
  - id: second
    kind: sleep
outputs: {}
`;

const STEPS = [
  { key: 'first', line: 3 },
  { key: 'second', line: 7 },
  { key: 'undo:first', line: null },
];

describe('the steps of a text', () => {
  it('are found by the line of the cursor', () => {
    const at = (line: number) => stepAtLine(line, TEXT.split('\n'), STEPS);
    expect([1, 2, 3, 4, 7, 8].map(at)).toEqual([undefined, undefined, 'first', 'first', 'second', 'second']);
  });

  it('end where another key of the document begins', () => {
    expect(stepAtLine(9, TEXT.split('\n'), STEPS)).toBeUndefined();
  });

  it('are found with a compensation inside of a step', () => {
    const steps = [...STEPS.slice(0, 2), { key: 'undo:first', line: 4 }];
    expect(stepAtLine(5, TEXT.split('\n'), steps)).toBe('undo:first');
    expect(stepAtLine(8, TEXT.split('\n'), steps)).toBe('second');
  });

  it('have the lines of their first keys', () => {
    expect(lineOfStep(TEXT, 'second')).toBe(7);
    expect(lineOfStep(TEXT, 'third')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { formatRows } from './format-rows.ts';

const rows = [
  { id: 'run_1', goal: 'a\nb', labels: ['x', 'y'] },
  { id: 'run_22', goal: '日本', labels: [] },
];

describe('rows', () => {
  it('are a table with whole ids first, whose columns count the cells of a terminal', () => {
    expect(formatRows(rows, 'table')).toBe('ID      GOAL  LABELS\nrun_1   a b   x,y\nrun_22  日本\n');
  });

  it('have headings of several words', () => {
    expect(formatRows([{ id: 'nightly', savedBy: 'alice' }], 'table')).toBe('ID       SAVED BY\nnightly  alice\n');
  });

  it('are one JSON document, a line of JSON each, or their ids', () => {
    expect(JSON.parse(formatRows(rows, 'json'))).toEqual(rows);
    expect(
      formatRows(rows, 'jsonl')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(rows);
    expect(formatRows(rows, 'id')).toBe('run_1\nrun_22\n');
  });

  it('pass no control sequence of a server to the terminal', () => {
    const hostile = [{ id: 'run_1\u001b]0;owned\u0007', goal: '\u001b[2J gone\u009b31m\u202e' }];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
    const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
    for (const form of ['table', 'id'] as const) expect(formatRows(hostile, form)).not.toMatch(controls);
  });

  it('print nothing when the list is empty, and [] in JSON', () => {
    expect([formatRows([], 'table'), formatRows([], 'id'), formatRows([], 'json')]).toEqual(['', '', '[]\n']);
  });
});

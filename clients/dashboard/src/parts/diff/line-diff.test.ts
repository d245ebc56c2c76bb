import { describe, expect, it } from 'vitest';
import { compareLines, foldUnchanged } from './line-diff.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`).join('\n');

describe('compareLines', () => {
  it('numbers each line in the text that has it', () => {
    expect(compareLines('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([
      { kind: 'same', text: 'a', before: 1, after: 1 },
      { kind: 'removed', text: 'b', before: 2 },
      { kind: 'added', text: 'x', after: 2 },
      { kind: 'same', text: 'c', before: 3, after: 3 },
      { kind: 'added', text: 'd', after: 4 },
    ]);
  });

  it('finds no change in a missing line break at the end, nor in those of Windows', () => {
    expect(compareLines('a\nb', 'a\r\nb\r\n').every(({ kind }) => kind === 'same')).toBe(true);
  });

  it('compares with an empty text', () => {
    expect(compareLines('', 'a\n')).toEqual([{ kind: 'added', text: 'a', after: 1 }]);
    expect(compareLines('', '')).toEqual([]);
  });
});

describe('foldUnchanged', () => {
  it('keeps three lines around a change, and folds the rest', () => {
    const before = numbered(20);
    const sections = foldUnchanged(compareLines(before, before.replace('line 10', 'other')));
    expect(sections.map(({ folded, lines }) => [folded, lines.length])).toEqual([
      [true, 6],
      [false, 8],
      [true, 7],
    ]);
  });

  it('does not fold fewer lines than a fold saves', () => {
    const before = numbered(5);
    const sections = foldUnchanged(compareLines(before, before.replace('line 1\n', '')));
    expect(sections.every(({ folded }) => !folded)).toBe(true);
  });
});

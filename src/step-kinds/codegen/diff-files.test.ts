import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countChanges, diffFiles } from './diff-files.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));
const linesIn = (one: string) => one.split('\n').length - 1;

describe('countChanges', () => {
  it('counts lines as a diff does', () => {
    expect(countChanges('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual({ plus: 2, minus: 1 });
    expect(countChanges('', 'a\nb')).toEqual({ plus: 2, minus: 0 });
    expect(countChanges('a\n', 'a\n')).toEqual({ plus: 0, minus: 0 });
  });

  it('is consistent, and symmetric in both directions', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { plus, minus } = countChanges(before, after);
        expect(linesIn(before) - minus).toBe(linesIn(after) - plus);
        expect(countChanges(after, before)).toEqual({ plus: minus, minus: plus });
        expect(plus + minus === 0).toBe(before === after);
      }),
    );
  });

  it('is fast for long files that have nothing in common', () => {
    const long = (word: string) => Array.from({ length: 30_000 }, (_, i) => `${word}${i}`).join('\n');
    expect(countChanges(long('a'), long('b'))).toEqual({ plus: 30_000, minus: 30_000 });
  });
});

describe('diffFiles', () => {
  it('lists added, changed and removed files, with the number of lines of each', () => {
    const before = [
      { path: 'kept', text: 'a\n' },
      { path: 'changed', text: 'a\n' },
      { path: 'gone', text: 'a\nb\n' },
    ];
    const after = [
      { path: 'kept', text: 'a\n' },
      { path: 'changed', text: 'b\n' },
      { path: 'new', text: 'a\n' },
    ];
    expect(diffFiles(before, after)).toEqual({
      added: ['new'],
      changed: ['changed'],
      removed: ['gone'],
      summary: [
        { path: 'changed', plus: 1, minus: 1 },
        { path: 'gone', plus: 0, minus: 2 },
        { path: 'new', plus: 1, minus: 0 },
      ],
    });
  });
});

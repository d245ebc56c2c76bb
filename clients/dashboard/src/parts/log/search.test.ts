import { describe, expect, it } from 'vitest';
import type { LogRow } from './log-window.ts';
import { createSearch } from './search.ts';
import { indexOfSeq } from './seq-index.ts';

const row = (seq: number, text: string): LogRow => ({
  cursor: `${seq}`,
  seq,
  at: '2026-01-01T00:00:00Z',
  step: 'fetch',
  level: 'INFO',
  text,
});
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => row(from + n, (from + n) % 10 === 0 ? 'Ten' : 'other'));

describe('the search of a log', () => {
  it('finds lines in any case, as the log grows at both ends', () => {
    const lines: LogRow[] = [];
    const search = createSearch('tEN');
    lines.push(...rows(100, 125));
    expect(search(lines)).toEqual([100, 110, 120]);
    lines.push(...rows(125, 131));
    lines.unshift(...rows(85, 100));
    expect(search(lines)).toEqual([90, 100, 110, 120, 130]);
    expect(search(lines)).toEqual([90, 100, 110, 120, 130]);
  });

  it('forgets lines that are not there any more, at both ends', () => {
    const search = createSearch('ten');
    search(rows(0, 50));
    expect(search(rows(35, 61))).toEqual([40, 50, 60]);
    expect(search(rows(15, 51))).toEqual([20, 30, 40, 50]);
    expect(search(rows(95, 111))).toEqual([100, 110]);
    expect(search(rows(5, 21))).toEqual([10, 20]);
    expect(search(rows(5, 41))).toEqual([10, 20, 30, 40]);
  });

  it('finds nothing for an empty text', () => {
    const lines: LogRow[] = [];
    lines.push(...rows(0, 20));
    expect(createSearch('')(lines)).toEqual([]);
  });
});

it('finds the place of a line by its number', () => {
  const lines: LogRow[] = [];
  lines.push(...[2, 4, 6, 8].map((seq) => row(seq, '')));
  expect([1, 2, 3, 8, 9].map((seq) => indexOfSeq(lines, seq))).toEqual([0, 0, 1, 3, 4]);
});

import { describe, expect, it } from 'vitest';
import { layoutRows } from './row-layout.ts';

describe('the layout of rows', () => {
  it('has one row for each line when none is unfolded', () => {
    const layout = layoutRows(100_000, []);
    expect(layout).toMatchObject({ rowCount: 100_000, height: 2_000_000 });
    expect(layout.lineAt(99_999)).toEqual({ index: 99_999, part: 0 });
    expect(layout.rowAt(1_999_999)).toBe(99_999);
  });

  it('puts the rows of an unfolded line after its first', () => {
    const layout = layoutRows(5, [
      { index: 1, extra: 2 },
      { index: 3, extra: 1 },
    ]);
    const rows = Array.from({ length: layout.rowCount }, (_, row) => layout.lineAt(row));
    expect(rows.map(({ index, part }) => `${index}.${part}`)).toEqual([
      '0.0',
      '1.0',
      '1.1',
      '1.2',
      '2.0',
      '3.0',
      '3.1',
      '4.0',
    ]);
    expect([0, 1, 2, 3, 4].map((index) => layout.rowOf(index))).toEqual([0, 1, 4, 5, 7]);
  });

  it('finds each row at its place, also below one that is taller', () => {
    const layout = layoutRows(10, [], { row: 3, morePixels: 55 });
    expect(layout.height).toBe(255);
    for (let row = 0; row < 10; row += 1) {
      expect(layout.rowAt(layout.topOf(row))).toBe(row);
      expect(layout.rowAt(layout.topOf(row) + 19)).toBe(row);
    }
    expect(layout.rowAt(60 + 74)).toBe(3);
  });
});

/** Pixels of a row. */
export const ROW_HEIGHT = 20;

/** A line that is unfolded, with the number of rows that it has besides its first. */
export interface OpenLine {
  readonly index: number;
  readonly extra: number;
}

/** A row: a line of the log, and which physical line of it. */
interface Row {
  readonly index: number;
  readonly part: number;
}

/**
 * Where rows are. All are of the same height, but one: the selected row is wrapped. So that 100,000 lines cost what 60 do, this is arithmetic
 * on the few lines that are unfolded.
 */
export interface RowLayout {
  readonly rowCount: number;
  /** Pixels of all rows. */
  readonly height: number;
  /** The row of the first physical line of a line. */
  rowOf(index: number): number;
  lineAt(row: number): Row;
  /** Pixels above a row. */
  topOf(row: number): number;
  /** The row at a distance from the top, in pixels. */
  rowAt(top: number): number;
}

/** `open` is in order. `tall` has more pixels than others. */
export function layoutRows(
  lineCount: number,
  open: readonly OpenLine[],
  tall?: { readonly row: number; readonly morePixels: number },
): RowLayout {
  const rowCount = open.reduce((sum, { extra }) => sum + extra, lineCount);
  const more = tall?.morePixels ?? 0;
  const tallRow = tall?.row ?? Number.POSITIVE_INFINITY;
  const tallTop = tallRow * ROW_HEIGHT;
  return {
    rowCount,
    height: rowCount * ROW_HEIGHT + (tallRow < rowCount ? more : 0),
    rowOf: (index) => open.reduce((row, line) => (line.index < index ? row + line.extra : row), index),
    lineAt(row) {
      let index = row;
      for (const line of open) {
        if (line.index >= index) break;
        if (index <= line.index + line.extra) return { index: line.index, part: index - line.index };
        index -= line.extra;
      }
      return { index, part: 0 };
    },
    topOf: (row) => row * ROW_HEIGHT + (row > tallRow ? more : 0),
    rowAt(top) {
      if (top < tallTop) return Math.max(0, Math.floor(top / ROW_HEIGHT));
      return Math.max(tallRow, Math.floor((top - more) / ROW_HEIGHT));
    },
  };
}

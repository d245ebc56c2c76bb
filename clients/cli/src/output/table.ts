import { stringWidth } from './string-width.ts';
import { wrap } from './wrap.ts';

const GAP = 2;
const MIN_COLUMN = 8;
/** With less than this next to the ID, the other cells have a line below it. */
const MIN_REST = 24;
const INDENT = 2;
/** IDs of the server, and names of states, effects and errors. */
const NEVER_CUT = /^(?=.{1,40}$)(?:[a-z]+_[0-9a-z]{8,}|[A-Z]+(?:_[A-Z]+)*)$/;

/**
 * Lines of a table, of which the first is its heading. The first column holds IDs. No ID and no state is cut; other cells are cut
 * with `…`, and columns that do not fit are left out from the right. Where an ID leaves no space for the other cells, they
 * stand on a line below it; where an ID or a state would be left out, each cell has a line.
 * @param lines cells without control characters
 * @param width columns of the terminal; Infinity leaves each cell whole
 */
export function fitTable(lines: readonly (readonly string[])[], width: number): string[] {
  const natural = (lines[0] ?? []).map((_, index) => widest(lines, index));
  const [first = 0, ...others] = natural;
  const space = width - first - GAP;
  const stacked = others.length > 0 && space < Math.min(MIN_REST, sum(others));
  const whole = others.map((_, index) => widest(lines.slice(1), index + 1, (cell) => NEVER_CUT.test(cell)));
  const widths = fit(others, whole, stacked ? width - INDENT : space);
  if (!widths) return records(lines, width);
  return lines.flatMap(([id = '', ...rest]) => {
    const row = widths.map((columnWidth, index) => pad(cut(rest[index] ?? '', columnWidth), columnWidth));
    const text = row.join(' '.repeat(GAP)).trimEnd();
    if (!stacked) return [`${pad(id, first)}${' '.repeat(GAP)}${text}`.trimEnd()];
    return text === '' ? [id] : [id, `${' '.repeat(INDENT)}${text}`];
  });
}

/** The text in at most so many columns, with `…` in place of the end that does not fit. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const graphemes = new Intl.Segmenter();
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}

/**
 * Widths that fit: the widest column that may be narrower gives first, and the last one goes when none may.
 * @param whole widths that the columns must have for cells that are not cut
 * @returns undefined when such a column would go
 */
function fit(natural: readonly number[], whole: readonly number[], space: number): number[] | undefined {
  const least = natural.map((_, index) => Math.max(MIN_COLUMN, whole[index] ?? 0));
  const widths = natural.map((width, index) => Math.min(width, Math.max(space, least[index] ?? 0)));
  while (widths.length > 0 && sum(widths) > space) {
    const spare = widths.map((width, index) => (width > (least[index] ?? 0) ? width : 0));
    const most = Math.max(...spare);
    if (most > 0) widths[spare.lastIndexOf(most)] = most - 1;
    else if ((whole[widths.length - 1] ?? 0) > 0) return undefined;
    else widths.pop();
  }
  return widths;
}

/** A line for the ID, then one for each cell that is not empty, with its heading. */
function records([heading = [], ...lines]: readonly (readonly string[])[], width: number): string[] {
  return lines.flatMap(([id = '', ...rest]) => {
    const cells = rest.map((cell, index) => (cell === '' ? '' : `${' '.repeat(INDENT)}${heading[index + 1]}: ${cell}`));
    const wrapped = cells.filter((cell) => cell !== '').flatMap((cell) => wrap(cell, width).split('\n'));
    return [id, ...wrapped.map((line) => (NEVER_CUT.test(line.trim()) ? line : cut(line, width)))];
  });
}

function widest(lines: readonly (readonly string[])[], index: number, counts = (_cell: string) => true): number {
  return Math.max(0, ...lines.map((line) => line[index] ?? '').map((cell) => (counts(cell) ? stringWidth(cell) : 0)));
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, GAP * Math.max(0, widths.length - 1));
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

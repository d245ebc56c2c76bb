import stringWidth from 'string-width';

const GAP = 2;
const MIN_COLUMN = 8;
/** With less than this next to the ID, the other cells have a line below it. */
const MIN_REST = 24;
const INDENT = 2;
const graphemes = new Intl.Segmenter();

/**
 * Lines of a table, of which the first is its heading. The first column holds IDs, which are never cut; other cells are cut
 * with `…`, and columns that do not fit are left out from the right. Where an ID leaves no space for the other cells, they
 * stand on a line below it.
 * @param lines cells without control characters
 * @param width columns of the terminal; Infinity leaves each cell whole
 */
export function fitTable(lines: readonly (readonly string[])[], width: number): string[] {
  const natural = (lines[0] ?? []).map((_, index) => Math.max(...lines.map((line) => stringWidth(line[index] ?? ''))));
  const [first = 0, ...others] = natural;
  const space = width - first - GAP;
  const stacked = others.length > 0 && space < Math.min(MIN_REST, sum(others));
  const widths = fit(others, stacked ? width - INDENT : space);
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
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** Widths that fit: the widest column gives first, and the last one goes when all are narrow. */
function fit(natural: readonly number[], space: number): number[] {
  const widths = natural.map((width) => Math.min(width, Math.max(space, MIN_COLUMN)));
  while (widths.length > 0 && sum(widths) > space) {
    const widest = Math.max(...widths);
    if (widest <= MIN_COLUMN) widths.pop();
    else widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, GAP * Math.max(0, widths.length - 1));
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

import stringWidth from 'string-width';
import { sanitize } from './sanitize.ts';

export const OUTPUT_FORMS = ['table', 'json', 'jsonl', 'id'] as const;
export type OutputForm = (typeof OUTPUT_FORMS)[number];

/** A row of a result. Its `id` is printed whole and first. */
export type Row = { readonly id: string } & Readonly<Record<string, unknown>>;

/** The lines of a result, each with its line feed. */
export function formatRows(rows: readonly Row[], form: OutputForm): string {
  return linesOf(rows, form)
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(rows: readonly Row[], form: OutputForm): readonly string[] {
  switch (form) {
    case 'json':
      return [JSON.stringify(rows, null, 2)];
    case 'jsonl':
      return rows.map((row) => JSON.stringify(row));
    case 'id':
      return rows.map(({ id }) => cellText(id));
    case 'table':
      return tableLines(rows);
  }
}

function tableLines(rows: readonly Row[]): readonly string[] {
  const [first] = rows;
  if (!first) return [];
  const names = ['id', ...Object.keys(first).filter((name) => name !== 'id')];
  const table = [
    names.map((name) => name.toUpperCase()),
    ...rows.map((row) => names.map((name) => cellText(row[name]))),
  ];
  const widths = names.map((_, column) => Math.max(...table.map((cells) => stringWidth(cells[column] ?? ''))));
  return table.map((cells) =>
    cells
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = Array.isArray(value)
    ? value.map(String).join(',')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return sanitize(text).replace(/\s+/g, ' ');
}

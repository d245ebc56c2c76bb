import { escapeControls, sanitize } from './sanitize.ts';
import { fitTable } from './table.ts';

export const OUTPUT_FORMS = ['table', 'json', 'jsonl', 'id'] as const;
export type OutputForm = (typeof OUTPUT_FORMS)[number];

/** A row of a result. Its `id` is printed whole and first. */
export type Row = { readonly id: string } & Readonly<Record<string, unknown>>;

/**
 * The lines of a result, each with its line feed.
 * @param width columns of the terminal; default: no limit
 */
export function formatRows(rows: readonly Row[], form: OutputForm, width = Number.POSITIVE_INFINITY): string {
  return linesOf(rows, form, width)
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(rows: readonly Row[], form: OutputForm, width: number): readonly string[] {
  switch (form) {
    case 'json':
      return [escapeControls(JSON.stringify(rows, null, 2))];
    case 'jsonl':
      return rows.map((row) => escapeControls(JSON.stringify(row)));
    case 'id':
      return rows.map(({ id }) => cellText(id));
    case 'table':
      return tableLines(rows, width);
  }
}

function tableLines(rows: readonly Row[], width: number): readonly string[] {
  const [first] = rows;
  if (!first) return [];
  const names = ['id', ...Object.keys(first).filter((name) => name !== 'id')];
  const table = [
    names.map((name) => name.replace(/[A-Z]/g, ' $&').toUpperCase()),
    ...rows.map((row) => names.map((name) => cellText(row[name]))),
  ];
  return fitTable(table, width);
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

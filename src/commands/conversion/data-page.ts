import { escapeHtml } from '../../lib/escape-html.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Sink } from './sink.ts';

/**
 * Data as a page of HTML that needs nothing else: a table for `{fields, rows}` or a list of objects, otherwise the
 * JSON, indented. Everything is escaped.
 */
export function dataPage(data: Json, title: string, sink: Sink): void {
  const heading = escapeHtml(title);
  sink(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
`);
  const rows = rowsOf(data);
  if (rows) writeTable(columnsOf(data, rows), rows, heading, sink);
  else sink(`<pre tabindex="0">${escapeHtml(JSON.stringify(data, null, 2))}</pre>\n`);
  sink('</main>\n</body>\n</html>\n');
}

function writeTable(columns: readonly string[], rows: readonly JsonObject[], heading: string, sink: Sink): void {
  sink(`<p>${rows.length} ${rows.length === 1 ? 'row' : 'rows'}</p>\n`);
  // Reachable by keyboard, because it may be wider than the screen.
  sink(`<div class="scroll" role="region" aria-label="${heading}" tabindex="0">\n<table>\n<thead>\n<tr>`);
  for (const column of columns) sink(`<th scope="col">${escapeHtml(column)}</th>`);
  sink('</tr>\n</thead>\n<tbody>\n');
  for (const row of rows) {
    sink('<tr>');
    for (const column of columns) sink(cellOf(Object.hasOwn(row, column) ? row[column] : undefined));
    sink('</tr>\n');
  }
  sink('</tbody>\n</table>\n</div>\n');
}

function cellOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '<td></td>';
  if (typeof value === 'string') return `<td>${escapeHtml(value)}</td>`;
  if (typeof value === 'number') return `<td class="number">${value}</td>`;
  return `<td>${escapeHtml(JSON.stringify(value))}</td>`;
}

function rowsOf(data: Json): readonly JsonObject[] | undefined {
  const rows = isJsonObject(data) && Array.isArray(data.fields) ? data.rows : data;
  return Array.isArray(rows) && rows.length > 0 && rows.every(isJsonObject) ? rows : undefined;
}

/** The fields that were named, then whatever else occurs. */
function columnsOf(data: Json, rows: readonly JsonObject[]): readonly string[] {
  const columns = new Set<string>();
  if (isJsonObject(data)) for (const field of data.fields as readonly Json[]) columns.add(String(field));
  for (const row of rows) for (const key of Object.keys(row)) columns.add(key);
  return [...columns];
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 80rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.2; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .4rem .75rem; border-bottom: 1px solid #8886; text-align: left; vertical-align: top; white-space: pre-wrap; }
thead th { border-bottom-width: 2px; white-space: nowrap; }
tbody tr:nth-child(even) { background: #8881; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; padding: 1rem; background: #8881; }
`;

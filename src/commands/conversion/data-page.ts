import { escapeHtml } from '../../lib/escape-html.ts';
import {
  asList,
  asObject,
  type ExactJson,
  type ExactObject,
  jsonTextOf,
  keysOf,
  memberOf,
  scalarOf,
} from './json/exact-json.ts';
import type { Sink } from './json/sink.ts';

/**
 * Data as a page of HTML that needs nothing else: a table for `{fields, rows}` or a list of objects, otherwise the
 * JSON, indented. Everything is escaped.
 */
export function dataPage(data: ExactJson, title: string, sink: Sink): void {
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
  else sink(`<pre tabindex="0">${escapeHtml(jsonTextOf(data, 2))}</pre>\n`);
  sink('</main>\n</body>\n</html>\n');
}

function writeTable(columns: readonly string[], rows: readonly ExactObject[], heading: string, sink: Sink): void {
  sink(`<p>${rows.length} ${rows.length === 1 ? 'row' : 'rows'}</p>\n`);
  // Reachable by keyboard, because it may be wider than the screen.
  sink(`<div class="scroll" role="region" aria-label="${heading}" tabindex="0">\n<table>\n<thead>\n<tr>`);
  for (const column of columns) sink(`<th scope="col">${escapeHtml(column)}</th>`);
  sink('</tr>\n</thead>\n<tbody>\n');
  for (const row of rows) {
    sink('<tr>');
    for (const column of columns) sink(cellOf(memberOf(row, column)));
    sink('</tr>\n');
  }
  sink('</tbody>\n</table>\n</div>\n');
}

function cellOf(value: ExactJson | undefined): string {
  if (value === undefined) return '<td></td>';
  if (asList(value) ?? asObject(value)) return `<td>${escapeHtml(jsonTextOf(value))}</td>`;
  const { type, text } = scalarOf(value);
  if (type === 'number') return `<td class="number">${text}</td>`;
  return type === 'null' ? '<td></td>' : `<td>${escapeHtml(text)}</td>`;
}

function fieldsOf(data: ExactJson): readonly ExactJson[] | undefined {
  const table = asObject(data);
  const fields = table && memberOf(table, 'fields');
  return fields && asList(fields);
}

function rowsOf(data: ExactJson): readonly ExactObject[] | undefined {
  const table = fieldsOf(data) ? asObject(data) : undefined;
  const list = asList(table ? (memberOf(table, 'rows') ?? data) : data);
  const rows = (list ?? []).map(asObject).filter((row) => row !== undefined);
  return rows.length > 0 && rows.length === list?.length ? rows : undefined;
}

/** The fields that were named, then whatever else occurs. */
function columnsOf(data: ExactJson, rows: readonly ExactObject[]): readonly string[] {
  const columns = new Set((fieldsOf(data) ?? []).map(nameOf));
  for (const row of rows) for (const key of keysOf(row)) columns.add(key);
  return [...columns];
}

function nameOf(field: ExactJson): string {
  return asList(field) || asObject(field) ? jsonTextOf(field) : scalarOf(field).text;
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

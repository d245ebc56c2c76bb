import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { MAX_FIELDS } from './csv-reader.ts';
import type { Sink } from './sink.ts';

interface JsonToCsvOptions {
  readonly delimiter: string;
  /** The columns and their order. Without it all that occur, in the order of their first occurrence. */
  readonly fields?: readonly string[];
}

/**
 * A list of objects, or `{fields, rows}`, as CSV (RFC 4180): with a header, lines end in CRLF. A missing value and
 * null are empty; a list or an object stands as JSON text in its cell. Nothing is done to cells that a spreadsheet
 * would take for a formula.
 * @throws Fault BAD_INPUT when the JSON is something else
 */
export function jsonToCsv(data: Json, options: JsonToCsvOptions, sink: Sink): void {
  const rows = rowsOf(data);
  const columns = options.fields ?? columnsOf(data, rows);
  if (columns.length > MAX_FIELDS)
    throw new Fault('BAD_INPUT', `CSV has at most ${MAX_FIELDS} columns. Name some by \`fields\`.`);
  if (columns.length === 0) return;
  const special = new RegExp(`["\\r\\n${options.delimiter.replace(/[\\\]^-]/, '\\$&')}]`);
  const cell = (text: string) => {
    // An empty line would be no record.
    const quoted = special.test(text) || (text === '' && columns.length === 1);
    return quoted ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const writeRecord = (texts: readonly string[]) => {
    for (let i = 0; i < texts.length; i += 1) sink((i === 0 ? '' : options.delimiter) + cell(texts[i] as string));
    sink('\r\n');
  };
  writeRecord(columns);
  for (const row of rows) writeRecord(columns.map((column) => textOf(Object.hasOwn(row, column) ? row[column] : null)));
}

function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function rowsOf(data: Json): readonly JsonObject[] {
  const rows = isJsonObject(data) ? data.rows : data;
  if (!Array.isArray(rows)) {
    throw new Fault('BAD_INPUT', 'CSV requires a list of objects, or {"fields": […], "rows": […]}.');
  }
  rows.forEach((row, i) => {
    if (!isJsonObject(row)) throw new Fault('BAD_INPUT', `CSV requires a list of objects; item ${i} is not an object.`);
  });
  return rows;
}

function columnsOf(data: Json, rows: readonly JsonObject[]): readonly string[] {
  const named = isJsonObject(data) && Array.isArray(data.fields) ? data.fields : [];
  const columns = new Set<string>(named.filter((field) => typeof field === 'string'));
  for (const row of rows) {
    for (const key of Object.keys(row)) columns.add(key);
    if (columns.size > MAX_FIELDS) break;
  }
  return [...columns];
}

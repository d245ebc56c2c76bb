import { Fault } from '../../core/errors.ts';
import { MAX_FIELDS } from './csv-reader.ts';
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
export function jsonToCsv(data: ExactJson, options: JsonToCsvOptions, sink: Sink): void {
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
  for (const row of rows) writeRecord(columns.map((column) => textOf(memberOf(row, column))));
}

function textOf(value: ExactJson | undefined): string {
  if (value === undefined) return '';
  if (asList(value) ?? asObject(value)) return jsonTextOf(value);
  const { type, text } = scalarOf(value);
  return type === 'null' ? '' : text;
}

function rowsOf(data: ExactJson): readonly ExactObject[] {
  const table = asObject(data);
  const rows = table ? memberOf(table, 'rows') : data;
  const list = rows && asList(rows);
  if (!list) throw new Fault('BAD_INPUT', 'CSV requires a list of objects, or {"fields": […], "rows": […]}.');
  return list.map((item, i) => {
    const row = asObject(item);
    if (!row) throw new Fault('BAD_INPUT', `CSV requires a list of objects; item ${i} is not an object.`);
    return row;
  });
}

function columnsOf(data: ExactJson, rows: readonly ExactObject[]): readonly string[] {
  const columns = new Set(namesOf(data));
  for (const row of rows) {
    for (const key of keysOf(row)) columns.add(key);
    if (columns.size > MAX_FIELDS) break;
  }
  return [...columns];
}

/** The strings in `fields`. */
function namesOf(data: ExactJson): readonly string[] {
  const table = asObject(data);
  const fields = table && memberOf(table, 'fields');
  return ((fields && asList(fields)) ?? []).flatMap((field) => {
    if (asList(field) ?? asObject(field)) return [];
    const { type, text } = scalarOf(field);
    return type === 'string' ? [text] : [];
  });
}

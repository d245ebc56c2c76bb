import { Fault } from '../../core/errors.ts';
import { createCsvReader } from './csv-reader.ts';
import { type ValueOptions, valueConverters } from './csv-values.ts';
import type { Sink } from './json/sink.ts';

export interface CsvToJsonOptions extends ValueOptions {
  readonly delimiter: string;
  /** False where a quote is a character like others, as in text/tab-separated-values. Default true. */
  readonly quoting?: boolean;
  /** The first record names the delimiter (`sep=;`), and is left out. */
  readonly namesDelimiter?: boolean;
  /** The first record holds the names. Without it they are `column1`, `column2`, … */
  readonly header: boolean;
}

/** How many ragged rows, and renamed columns, are listed one by one; all are counted. */
const MAX_LISTED_ISSUES = 100;

interface RaggedRow {
  /** From 1: `rows[row - 1]`. */
  readonly row: number;
  readonly line: number;
  readonly expected: number;
  readonly got: number;
}

interface RenamedColumn {
  readonly column: number;
  readonly from: string;
  readonly to: string;
}

/**
 * CSV as `{"fields": […], "rows": [{…}]}`, piece by piece; values stay strings, except in columns of numbers and dates. A row with too few values lacks the
 * last fields; the surplus of one with too many is kept under `column4`, `column5`, … Both are reported after the
 * rows as `"ragged": {count, rows}`, and names that were empty or not unique as `"renamed": {count, columns}`.
 */
export function createCsvToJson(options: CsvToJsonOptions, sink: Sink) {
  const { delimiter, header, quoting = true, namesDelimiter = false } = options;
  const taken = new Set<string>();
  const suffixes = new Map<string, number>();
  /** `"name":` for each column. */
  const keys: string[] = [];
  const ragged: { count: number; rows: RaggedRow[] } = { count: 0, rows: [] };
  const renamed: { count: number; columns: RenamedColumn[] } = { count: 0, columns: [] };
  let toJson: ReturnType<typeof valueConverters> = [];
  let isFirst = true;
  let width = -1;
  let row = 0;

  const nameColumn = (wanted: string): string => {
    let name = wanted;
    for (let n = suffixes.get(wanted) ?? 2; taken.has(name); n += 1) {
      name = `${wanted}_${n}`;
      suffixes.set(wanted, n + 1);
    }
    taken.add(name);
    keys.push(`${JSON.stringify(name)}:`);
    return name;
  };

  const begin = (names: readonly string[]) => {
    width = names.length;
    const fields = names.map((from, i) => {
      const to = nameColumn(from === '' ? `column${i + 1}` : from);
      if (to !== from) {
        renamed.count += 1;
        if (renamed.columns.length < MAX_LISTED_ISSUES) renamed.columns.push({ column: i + 1, from, to });
      }
      return to;
    });
    toJson = valueConverters(fields, options);
    sink(`{"fields":${JSON.stringify(fields)},"rows":[`);
  };

  const converted = (column: number, values: readonly string[], line: number): string =>
    (toJson[column] as NonNullable<(typeof toJson)[number]>)(
      values[column] as string,
      (what) => new Fault('BAD_INPUT', `CSV, line ${line}, column ${column + 1}: ${what}.`),
    );

  const writeRow = (values: readonly string[], line: number) => {
    row += 1;
    if (values.length !== width) {
      ragged.count += 1;
      if (ragged.rows.length < MAX_LISTED_ISSUES) ragged.rows.push({ row, line, expected: width, got: values.length });
    }
    for (let i = keys.length; i < values.length; i += 1) nameColumn(`column${i + 1}`);
    let text = row === 1 ? '{' : ',{';
    for (let i = 0; i < values.length; i += 1) {
      text +=
        (i === 0 ? '' : ',') +
        (keys[i] as string) +
        (toJson[i] ? converted(i, values, line) : JSON.stringify(values[i]));
    }
    sink(`${text}}`);
  };

  const reader = createCsvReader({
    delimiter,
    quoting,
    onRecord(values, line) {
      if (isFirst && namesDelimiter) {
        isFirst = false;
        return;
      }
      if (width >= 0) return writeRow(values, line);
      if (header) return begin(values);
      begin(values.map((_, i) => `column${i + 1}`));
      writeRow(values, line);
    },
  });

  return {
    /** @throws Fault BAD_INPUT with the line */
    push: (text: string) => reader.push(text),
    /** What a person should know about it, one sentence each. @throws Fault BAD_INPUT */
    end(): readonly string[] {
      reader.end();
      if (width < 0) begin([]);
      sink(']');
      const notes: string[] = [];
      if (ragged.count > 0) {
        sink(`,"ragged":${JSON.stringify(ragged)}`);
        const shown = ragged.rows.slice(0, 5).map((one) => one.row);
        const more = ragged.count > shown.length ? ', …' : '';
        notes.push(`${ragged.count} of ${row} rows do not have ${width} values: ${shown.join(', ')}${more}.`);
      }
      if (renamed.count > 0) {
        sink(`,"renamed":${JSON.stringify(renamed)}`);
        notes.push(`${renamed.count} column names were empty or not unique, and were changed.`);
      }
      sink('}');
      return notes;
    },
  };
}

import { type Columns, columnList, toColumnName } from '../rows/columns.ts';

/**
 * Rows as the JSON that json_populate_recordset reads: columns by name, times as exact text. Fields that are null are
 * left out, because a missing field is read as null.
 */
export function toRecordset(columns: Columns, rows: readonly object[]): string {
  return JSON.stringify(rows.map((row) => toRecord(columns, row)));
}

function toRecord(columns: Readonly<Record<string, unknown>>, row: object): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const field in row) {
    const value = row[field as keyof typeof row] as unknown;
    if (value === null || value === undefined) continue;
    record[toColumnName(field)] = columns[field] === 'time' ? new Date(value as number).toISOString() : value;
  }
  return record;
}

/**
 * Inserts the rows of one JSON parameter. Its columns are named, so that a table to which a newer version has added
 * columns still accepts rows of this version.
 */
export function insertFromRecordset(table: string, columns: Columns, parameter: string): string {
  const names = columnList(columns);
  return `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, ${parameter})`;
}

/** Fields of rows that are times, in milliseconds since 1970. */
const TIMES: ReadonlySet<string> = new Set([
  'at',
  'createdAt',
  'startedAt',
  'finishedAt',
  'scheduledAt',
  'wakeAt',
  'requestedAt',
  'expiresAt',
  'decidedAt',
  'calledAt',
]);

const columns = new Map<string, string>();

/** The column of a field. */
export function toColumn(field: string): string {
  let column = columns.get(field);
  if (column === undefined) {
    column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    columns.set(field, column);
  }
  return column;
}

/**
 * Rows as the text that json_populate_recordset makes them of: columns by name, times as text that is exact. What is null
 * is left out: it is null all the same.
 */
export function toRecordset(rows: readonly object[]): string {
  return JSON.stringify(rows.map(toColumns));
}

function toColumns(row: object): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const field in row) {
    const value = row[field as keyof typeof row] as unknown;
    if (value === null || value === undefined) continue;
    found[toColumn(field)] = typeof value === 'number' && TIMES.has(field) ? new Date(value).toISOString() : value;
  }
  return found;
}

import type { ApprovalRow } from '../rows/approval-row.ts';
import type { ArtifactRow } from '../rows/artifact-row.ts';
import type { LabelRow } from '../rows/run-row.ts';
import type { ToolCallRow } from '../rows/tool-call-row.ts';

/** Fields of rows that are times, in milliseconds since 1970. */
const TIME_FIELDS: ReadonlySet<string> = new Set([
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

const columnNames = new Map<string, string>();

/** The column of a field. */
export function toColumnName(field: string): string {
  let column = columnNames.get(field);
  if (column === undefined) {
    column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    columnNames.set(field, column);
  }
  return column;
}

/**
 * Rows as the text that json_populate_recordset makes them of: columns by name, times as text that is exact. What is null
 * is left out: it is null all the same.
 */
export function toRecordset(rows: readonly object[]): string {
  return JSON.stringify(rows.map(toRecord));
}

function toRecord(row: object): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const field in row) {
    const value = row[field as keyof typeof row] as unknown;
    if (value === null || value === undefined) continue;
    found[toColumnName(field)] =
      typeof value === 'number' && TIME_FIELDS.has(field) ? new Date(value).toISOString() : value;
  }
  return found;
}

/** Every field of a row, which the compiler holds complete; in a Record, because a type has no list of its keys. */
type FieldSet<Row> = Record<keyof Row, 1>;

const RUN_LABELS: FieldSet<LabelRow> = { runId: 1, tenant: 1, key: 1, value: 1 };
const APPROVALS: FieldSet<ApprovalRow> = {
  id: 1,
  tenant: 1,
  runId: 1,
  step: 1,
  reason: 1,
  roles: 1,
  requestedAt: 1,
  expiresAt: 1,
  state: 1,
  decidedAt: 1,
  decidedBy: 1,
  comment: 1,
  call: 1,
};
const ARTIFACTS: FieldSet<ArtifactRow> = {
  id: 1,
  tenant: 1,
  runId: 1,
  step: 1,
  digest: 1,
  name: 1,
  mediaType: 1,
  size: 1,
  createdAt: 1,
};
const TOOL_CALLS: FieldSet<ToolCallRow> = {
  id: 1,
  tenant: 1,
  runId: 1,
  step: 1,
  tool: 1,
  arguments: 1,
  result: 1,
  error: 1,
  seq: 1,
  calledAt: 1,
  durationMs: 1,
};
const TABLE_FIELDS = {
  run_labels: RUN_LABELS,
  approvals: APPROVALS,
  artifacts: ARTIFACTS,
  tool_calls: TOOL_CALLS,
};

/**
 * Inserts the rows of one JSON parameter. Its columns are named, so that a table to which a newer version has added some
 * still takes rows of this one.
 */
export function insertFromRecordset(table: keyof typeof TABLE_FIELDS, parameter: string): string {
  const columns = Object.keys(TABLE_FIELDS[table]).map(toColumnName).join(', ');
  return `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, ${parameter})`;
}

import type { ApprovalRow } from './approval-row.ts';
import type { ArtifactRow } from './artifact-row.ts';
import type { EventRow } from './event-row.ts';
import type { LeafRow } from './leaf-row.ts';
import type { LabelRow, RunRow } from './run-row.ts';
import type { StepChange, StepRow } from './step-row.ts';
import type { ToolCallRow } from './tool-call-row.ts';

/** What a column holds: text, whole numbers, fractions, or a time in milliseconds since 1970. */
type ColumnType = 'text' | 'integer' | 'float' | 'time';

/** The fields of a row and the types of their columns. The compiler checks that the list is complete. */
export type Columns<Row = object> = Readonly<Record<keyof Row & string, ColumnType>>;

export const RUN_COLUMNS = {
  id: 'text',
  tenant: 'text',
  subject: 'text',
  username: 'text',
  roles: 'text',
  kind: 'text',
  state: 'text',
  goal: 'text',
  workflow: 'text',
  priority: 'text',
  traceId: 'text',
  idempotencyKey: 'text',
  requestDigest: 'text',
  parentId: 'text',
  rerunOf: 'text',
  createdAt: 'time',
  startedAt: 'time',
  finishedAt: 'time',
  seq: 'integer',
  headPosition: 'integer',
  headHash: 'text',
  error: 'text',
  errorCode: 'text',
  labels: 'text',
  inputs: 'text',
  plan: 'text',
  outputs: 'text',
  owner: 'text',
  dueAt: 'integer',
} as const satisfies Columns<RunRow>;

export const STEP_COLUMNS = {
  id: 'text',
  tenant: 'text',
  subject: 'text',
  runId: 'text',
  key: 'text',
  position: 'integer',
  title: 'text',
  kind: 'text',
  capability: 'text',
  effect: 'text',
  dependsOn: 'text',
  maxAttempts: 'integer',
  state: 'text',
  attempt: 'integer',
  scheduledAt: 'time',
  startedAt: 'time',
  finishedAt: 'time',
  wakeAt: 'time',
  childId: 'text',
  worker: 'text',
  input: 'text',
  terms: 'text',
  parent: 'text',
  role: 'text',
  itemIndex: 'integer',
  item: 'text',
  outputMediaType: 'text',
  outputSize: 'integer',
  outputDigest: 'text',
  outputText: 'text',
  progress: 'text',
  repair: 'text',
  error: 'text',
  decision: 'text',
} as const satisfies Columns<StepRow>;

export const EVENT_COLUMNS = {
  position: 'integer',
  runId: 'text',
  seq: 'integer',
  tenant: 'text',
  subject: 'text',
  type: 'text',
  at: 'time',
  step: 'text',
  prevHash: 'text',
  hash: 'text',
  payload: 'text',
} as const satisfies Columns<EventRow>;

export const LEAF_COLUMNS = {
  position: 'integer',
  runId: 'text',
  seq: 'integer',
  hash: 'text',
} as const satisfies Columns<LeafRow>;

export const LABEL_COLUMNS = {
  runId: 'text',
  tenant: 'text',
  key: 'text',
  value: 'text',
} as const satisfies Columns<LabelRow>;

export const APPROVAL_COLUMNS = {
  id: 'text',
  tenant: 'text',
  subject: 'text',
  runId: 'text',
  step: 'text',
  reason: 'text',
  roles: 'text',
  requestedAt: 'time',
  expiresAt: 'time',
  state: 'text',
  decidedAt: 'time',
  decidedBy: 'text',
  comment: 'text',
  call: 'text',
} as const satisfies Columns<ApprovalRow>;

export const ARTIFACT_COLUMNS = {
  id: 'text',
  tenant: 'text',
  subject: 'text',
  runId: 'text',
  step: 'text',
  digest: 'text',
  name: 'text',
  mediaType: 'text',
  size: 'integer',
  createdAt: 'time',
} as const satisfies Columns<ArtifactRow>;

export const TOOL_CALL_COLUMNS = {
  id: 'text',
  tenant: 'text',
  runId: 'text',
  step: 'text',
  tool: 'text',
  arguments: 'text',
  result: 'text',
  error: 'text',
  seq: 'integer',
  calledAt: 'time',
  durationMs: 'float',
} as const satisfies Columns<ToolCallRow>;

/** How a change sets a field: null leaves it as it is, or the field is set whenever the state is, also to null. */
type ChangeRule = 'unless-null' | 'with-state';

export const RUN_CHANGES = {
  state: 'unless-null',
  startedAt: 'unless-null',
  finishedAt: 'with-state',
  error: 'with-state',
  errorCode: 'with-state',
  outputs: 'with-state',
  dueAt: 'with-state',
} as const satisfies Partial<Record<keyof RunRow, ChangeRule>>;

export const STEP_CHANGES = {
  state: 'unless-null',
  attempt: 'unless-null',
  scheduledAt: 'unless-null',
  startedAt: 'unless-null',
  childId: 'unless-null',
  worker: 'unless-null',
  input: 'unless-null',
  progress: 'unless-null',
  repair: 'unless-null',
  decision: 'unless-null',
  finishedAt: 'with-state',
  wakeAt: 'with-state',
  outputMediaType: 'with-state',
  outputSize: 'with-state',
  outputDigest: 'with-state',
  outputText: 'with-state',
  error: 'with-state',
} as const satisfies Record<keyof StepChange, ChangeRule>;

/**
 * The assignments of an UPDATE that applies a change.
 * @param change SQL for the new value of a field
 * @param stored SQL for the stored value of a column
 */
export function assignChanges(
  rules: Readonly<Record<string, ChangeRule>>,
  change: (field: string) => string,
  stored: (column: string) => string,
): string {
  const assignments = Object.entries(rules).map(([field, rule]) => {
    const column = toColumnName(field);
    return rule === 'unless-null'
      ? `${column} = coalesce(${change(field)}, ${stored(column)})`
      : `${column} = CASE WHEN ${change('state')} IS NULL THEN ${stored(column)} ELSE ${change(field)} END`;
  });
  return assignments.join(', ');
}

/** The columns of a table, as an INSERT names them. */
export function columnList(columns: Columns): string {
  return Object.keys(columns).map(toColumnName).join(', ');
}

/** The columns of a table, as a SELECT reads them into fields. */
export function selectList(columns: Columns): string {
  return Object.keys(columns)
    .map((field) => (toColumnName(field) === field ? field : `${toColumnName(field)} AS "${field}"`))
    .join(', ');
}

const columnNames = new Map<string, string>();

/** The column of a field: snake_case for camelCase. */
export function toColumnName(field: string): string {
  let column = columnNames.get(field);
  if (column === undefined) {
    column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    columnNames.set(field, column);
  }
  return column;
}

const fieldNames = new Map<string, string>();

/** The field of a column: camelCase for snake_case. */
function toFieldName(column: string): string {
  let field = fieldNames.get(column);
  if (field === undefined) {
    field = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    fieldNames.set(column, field);
  }
  return field;
}

/** A row as `SELECT *` returns it, with its columns in camelCase. */
export function fromColumns<Row>(row: object): Row {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) fields[toFieldName(name)] = value;
  return fields as Row;
}

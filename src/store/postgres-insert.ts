import type { ApprovalRow } from './approval-row.ts';
import type { ArtifactRow } from './artifact-row.ts';
import type { LeafRow } from './plan-commit.ts';
import { toColumn } from './postgres-row.ts';
import type { LabelRow, RunRow } from './run-row.ts';
import type { StepRow } from './step-row.ts';
import type { StoredEvent } from './stored-event.ts';

/** Every field of a row, which the compiler holds complete; in a Record, because a type has no list of its keys. */
type Fields<Row> = Record<keyof Row, 1>;

const RUNS: Fields<RunRow> = {
  id: 1,
  tenant: 1,
  subject: 1,
  username: 1,
  roles: 1,
  kind: 1,
  state: 1,
  goal: 1,
  workflow: 1,
  priority: 1,
  traceId: 1,
  idempotencyKey: 1,
  requestDigest: 1,
  parentId: 1,
  rerunOf: 1,
  createdAt: 1,
  startedAt: 1,
  finishedAt: 1,
  seq: 1,
  headPosition: 1,
  headHash: 1,
  error: 1,
  labels: 1,
  inputs: 1,
  plan: 1,
  outputs: 1,
  owner: 1,
};
const RUN_LABELS: Fields<LabelRow> = { runId: 1, tenant: 1, key: 1, value: 1 };
const STEPS: Fields<StepRow> = {
  id: 1,
  tenant: 1,
  runId: 1,
  key: 1,
  position: 1,
  title: 1,
  kind: 1,
  capability: 1,
  effect: 1,
  dependsOn: 1,
  maxAttempts: 1,
  state: 1,
  attempt: 1,
  terms: 1,
  parent: 1,
  role: 1,
  itemIndex: 1,
  item: 1,
  scheduledAt: 1,
  startedAt: 1,
  finishedAt: 1,
  wakeAt: 1,
  childId: 1,
  input: 1,
  outputMediaType: 1,
  outputSize: 1,
  outputDigest: 1,
  outputText: 1,
  progress: 1,
  error: 1,
  decision: 1,
};
const APPROVALS: Fields<ApprovalRow> = {
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
};
const ARTIFACTS: Fields<ArtifactRow> = {
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
const EVENTS: Fields<StoredEvent> = {
  position: 1,
  runId: 1,
  seq: 1,
  tenant: 1,
  subject: 1,
  type: 1,
  at: 1,
  step: 1,
  prevHash: 1,
  hash: 1,
  payload: 1,
};
const LEAVES: Fields<LeafRow> = { position: 1, runId: 1, seq: 1, hash: 1 };

const TABLES = {
  runs: RUNS,
  run_labels: RUN_LABELS,
  steps: STEPS,
  approvals: APPROVALS,
  artifacts: ARTIFACTS,
  events: EVENTS,
  leaves: LEAVES,
};

/**
 * Inserts the rows of one JSON parameter. Its columns are named, so that a table to which a newer version has added some
 * still takes rows of this one.
 */
export function insertRows(table: keyof typeof TABLES, parameter: string): string {
  const columns = Object.keys(TABLES[table]).map(toColumn).join(', ');
  return `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, ${parameter})`;
}

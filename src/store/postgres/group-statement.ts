import type { CommitPlan } from '../journal/plan-commit.ts';
import { toApprovalChange, toApprovalRow } from '../rows/approval-row.ts';
import { toArtifactRow } from '../rows/artifact-row.ts';
import {
  APPROVAL_COLUMNS,
  ARTIFACT_COLUMNS,
  assignChanges,
  type Columns,
  EVENT_COLUMNS,
  LABEL_COLUMNS,
  LEAF_COLUMNS,
  RUN_CHANGES,
  RUN_COLUMNS,
  STEP_CHANGES,
  STEP_COLUMNS,
  toColumnName,
} from '../rows/columns.ts';
import type { EventRow } from '../rows/event-row.ts';
import type { LeafRow } from '../rows/leaf-row.ts';
import type { RunDraft } from '../rows/run-draft.ts';
import { dueAtOf, type RunRow, toLabelRows, toRunRow } from '../rows/run-row.ts';
import { type StepRow, toStepChange, toStepRow } from '../rows/step-row.ts';
import { type ArrayColumns, insertFromArrays, toColumnArrays } from './column-arrays.ts';
import { insertFromRecordset, toRecordset } from './recordset.ts';

/** The channel on which nodes announce their commits, as `NODE POSITION`. */
export const JOURNAL_CHANNEL = 'signalbox_journal';

/** Everything that one statement writes. */
interface Group {
  readonly runs: RunRow[];
  readonly steps: StepRow[];
  readonly events: readonly EventRow[];
  readonly leaves: readonly LeafRow[];
  readonly labels: object[];
  readonly approvals: object[];
  readonly artifacts: readonly object[];
  readonly runChanges: object[];
  readonly stepChanges: object[];
  readonly decisions: object[];
  readonly position: number;
}

/** One part of the statement. */
interface Part {
  readonly name: string;
  /** @param parameter allocates the next parameter; the part has as many values */
  sql(parameter: () => string): string;
  values(group: Group): readonly unknown[];
}

/** New rows of the tables that a group mostly consists of. */
function insertArrays(table: string, columns: ArrayColumns, rows: (group: Group) => readonly object[]): Part {
  return {
    name: `new_${table}`,
    sql: (parameter) => insertFromArrays(table, columns, parameter),
    values: (group) => toColumnArrays(columns, rows(group)),
  };
}

function insertRecords(table: string, columns: Columns, rows: (group: Group) => readonly object[]): Part {
  return {
    name: `new_${table}`,
    sql: (parameter) => insertFromRecordset(table, columns, parameter()),
    values: (group) => [toRecordset(columns, rows(group))],
  };
}

/** @param update the UPDATE, up to its FROM clause; changes are called c */
function updateRecords(
  table: string,
  columns: Columns,
  rows: (group: Group) => readonly object[],
  { update, where }: { readonly update: string; readonly where: string },
): Part {
  return {
    name: `changed_${table}`,
    sql: (parameter) => `${update} FROM json_populate_recordset(NULL::${table}, ${parameter()}) c WHERE ${where}`,
    values: (group) => [toRecordset(columns, rows(group))],
  };
}

const changed = (field: string) => `c.${toColumnName(field)}`;

/** Foreign keys are checked once the whole statement has run, so its parts need no order. */
const PARTS: readonly Part[] = [
  insertArrays('runs', RUN_COLUMNS, ({ runs }) => runs),
  insertArrays('steps', STEP_COLUMNS, ({ steps }) => steps),
  insertArrays('events', EVENT_COLUMNS, ({ events }) => events),
  insertArrays('leaves', LEAF_COLUMNS, ({ leaves }) => leaves),
  insertRecords('run_labels', LABEL_COLUMNS, ({ labels }) => labels),
  insertRecords('approvals', APPROVAL_COLUMNS, ({ approvals }) => approvals),
  insertRecords('artifacts', ARTIFACT_COLUMNS, ({ artifacts }) => artifacts),
  updateRecords('runs', RUN_COLUMNS, ({ runChanges }) => runChanges, {
    update: `UPDATE runs r SET seq = c.seq, head_position = c.head_position, head_hash = c.head_hash,
        ${assignChanges(RUN_CHANGES, changed, (column) => `r.${column}`)}`,
    where: 'r.id = c.id',
  }),
  updateRecords('steps', STEP_COLUMNS, ({ stepChanges }) => stepChanges, {
    update: `UPDATE steps s SET ${assignChanges(STEP_CHANGES, changed, (column) => `s.${column}`)}`,
    where: 's.run_id = c.run_id AND s.key = c.key',
  }),
  updateRecords('approvals', APPROVAL_COLUMNS, ({ decisions }) => decisions, {
    update:
      'UPDATE approvals a SET state = c.state, decided_at = c.decided_at, decided_by = c.decided_by, comment = c.comment',
    where: 'a.id = c.id',
  }),
  {
    name: 'head',
    sql: (parameter) => `UPDATE journal SET position = ${parameter()} WHERE id = 1`,
    values: ({ position }) => [position],
  },
];

const GROUP_STATEMENT = { name: 'write', text: printStatement() };

function printStatement(): string {
  let count = 0;
  const parameter = () => {
    count += 1;
    return `$${count}`;
  };
  const parts = PARTS.map(({ name, sql }) => `${name} AS (${sql(parameter)})`);
  return `WITH ${parts.join(',\n')}\nSELECT pg_notify('${JOURNAL_CHANNEL}', ${parameter()})`;
}

/** The statement that writes a plan, except for its tool calls, and tells the other nodes. */
export function groupStatement(plan: CommitPlan, drafts: readonly RunDraft[], nodeId: string) {
  const group = toGroup(plan, drafts, nodeId);
  const values = PARTS.flatMap((part) => part.values(group));
  return { ...GROUP_STATEMENT, values: [...values, `${nodeId} ${plan.position}`] };
}

function toGroup(plan: CommitPlan, drafts: readonly RunDraft[], nodeId: string): Group {
  const group: Group = {
    runs: [],
    steps: [],
    events: plan.events,
    leaves: plan.leaves,
    labels: [],
    approvals: [],
    artifacts: plan.artifacts.map((artifact) => toArtifactRow(artifact, artifact)),
    runChanges: [],
    stepChanges: [],
    decisions: [],
    position: plan.position,
  };
  for (const draft of drafts) {
    const { identity } = draft;
    if (draft.isNew) {
      group.runs.push(toRunRow(draft.run, nodeId));
      group.labels.push(...toLabelRows(draft.run));
      for (const step of draft.steps.values()) group.steps.push(toStepRow(step, identity));
    } else {
      group.runChanges.push(toRunChange(draft.run));
      for (const step of draft.addedSteps.values()) group.steps.push(toStepRow(step, identity));
      for (const [key, patch] of draft.steps) {
        group.stepChanges.push({ ...toStepChange(patch), runId: draft.run.id, key });
      }
    }
    for (const approval of draft.approvals.values()) group.approvals.push(toApprovalRow(approval, identity));
    for (const [id, decision] of draft.decisions) group.decisions.push({ ...toApprovalChange(decision), id });
  }
  return group;
}

function toRunChange(run: Extract<RunDraft, { isNew: false }>['run']): object {
  const { id, seq, headPosition, headHash, state, startedAt, finishedAt, error, outputs } = run;
  return {
    id,
    seq,
    headPosition,
    headHash,
    state,
    startedAt: startedAt?.getTime(),
    finishedAt: finishedAt?.getTime(),
    error: error && JSON.stringify(error),
    errorCode: error?.code,
    outputs: outputs && JSON.stringify(outputs),
    dueAt: state && dueAtOf(state),
  };
}

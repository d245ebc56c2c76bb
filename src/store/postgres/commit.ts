import type { Client } from 'pg';
import {
  type AppendRequest,
  type CommitBase,
  type CommitPlan,
  planCommit,
  type RunHead,
} from '../journal/plan-commit.ts';
import { toApprovalChange, toApprovalRow } from '../rows/approval-row.ts';
import { toArtifactRow } from '../rows/artifact-row.ts';
import { fromColumns } from '../rows/columns.ts';
import type { RunDraft } from '../rows/run-draft.ts';
import { type RunRow, toLabelRows, toRunRow } from '../rows/run-row.ts';
import { type StepRow, toStepChange, toStepRecord, toStepRow } from '../rows/step-row.ts';
import { toToolCallChange, toToolCallRow } from '../rows/tool-call-row.ts';
import {
  EVENT_COLUMNS,
  insertFromArrays,
  LEAF_COLUMNS,
  RUN_COLUMNS,
  STEP_COLUMNS,
  toColumnArrays,
} from './column-arrays.ts';
import { insertFromRecordset, toRecordset } from './recordset.ts';

/** Made again after it was cut off, a call has the row that it had. No call is in both parts. */
const WRITE_CALLS = {
  name: 'write calls',
  text: `
  WITH begun AS (
    ${insertFromRecordset('tool_calls', '$1')}
    ON CONFLICT (run_id, id) DO UPDATE SET step = excluded.step, tool = excluded.tool, arguments = excluded.arguments,
      result = excluded.result, error = excluded.error, seq = excluded.seq, called_at = excluded.called_at,
      duration_ms = excluded.duration_ms)
  UPDATE tool_calls t SET result = c.result, error = c.error, duration_ms = c.duration_ms
  FROM json_populate_recordset(NULL::tool_calls, $2) c WHERE t.run_id = c.run_id AND t.id = c.id`,
};

/** A statement of its own: most commits have no tool calls, and none of its cost. */
export async function writeToolCalls(client: Client, drafts: readonly RunDraft[]): Promise<void> {
  const begun: object[] = [];
  const returned: object[] = [];
  for (const { run, tenant, calls, returned: ends } of drafts) {
    for (const call of calls.values()) begun.push(toToolCallRow(call, tenant));
    for (const [id, patch] of ends) returned.push({ ...toToolCallChange(patch), runId: run.id, id });
  }
  if (begun.length === 0 && returned.length === 0) return;
  await client.query({ ...WRITE_CALLS, values: [toRecordset(begun), toRecordset(returned)] });
}

/** Where nodes hear of each other's commits, as `NODE POSITION`. */
export const JOURNAL_CHANNEL = 'signalbox_journal';

/**
 * The lock comes first and in a statement of its own: what is read after it is what the commit before it left. Its holder
 * alone gives positions, and lets go of it when the commit is visible, so that commit order is position order.
 */
const BEGIN_AND_LOCK =
  'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT position FROM journal WHERE id = 1 FOR UPDATE';

const READ_BASE = {
  name: 'read',
  text: `
  SELECT
    (SELECT json_agg(json_build_object('id', id, 'seq', seq, 'hash', head_hash, 'tenant', tenant, 'subject', subject,
        'workflow', workflow, 'owner', owner))
      FROM runs WHERE id = ANY ($1::text[])) AS heads,
    (SELECT json_agg(json_build_object('tenant', r.tenant, 'subject', r.subject, 'key', r.idempotency_key, 'id', r.id))
      FROM json_to_recordset($2::json) AS k(tenant text, subject text, key text)
      JOIN runs r ON r.tenant = k.tenant AND r.subject = k.subject AND r.idempotency_key = k.key) AS holders,
    (SELECT json_agg(row_to_json(s))
      FROM json_to_recordset($3::json) AS k(run text, key text) JOIN steps s ON s.run_id = k.run AND s.key = k.key) AS steps`,
};

/** The rows that a group mostly consists of, in the order of their parameters. */
const ARRAY_TABLES = [
  ['runs', RUN_COLUMNS],
  ['steps', STEP_COLUMNS],
  ['events', EVENT_COLUMNS],
  ['leaves', LEAF_COLUMNS],
] as const;

/** The first parameter of the arrays; before it come those that are JSON. */
const FIRST_ARRAY_PARAMETER = 9;

function insertNewRows(): string {
  let from = FIRST_ARRAY_PARAMETER;
  const inserts = ARRAY_TABLES.map(([table, columns]) => {
    const insert = `new_${table} AS (${insertFromArrays(table, columns, from)})`;
    from += Object.keys(columns).length;
    return insert;
  });
  return inserts.join(',\n    ');
}

/** Foreign keys are looked at when the whole statement is done, so its parts need no order. */
const WRITE_GROUP = {
  name: 'write',
  text: `
  WITH
    ${insertNewRows()},
    label_rows AS (${insertFromRecordset('run_labels', '$1')}),
    approval_rows AS (${insertFromRecordset('approvals', '$2')}),
    artifact_rows AS (${insertFromRecordset('artifacts', '$3')}),
    run_changes AS (
      UPDATE runs r SET seq = c.seq, head_position = c.head_position, head_hash = c.head_hash,
        state = coalesce(c.state, r.state), started_at = coalesce(c.started_at, r.started_at),
        finished_at = CASE WHEN c.state IS NULL THEN r.finished_at ELSE c.finished_at END,
        error = CASE WHEN c.state IS NULL THEN r.error ELSE c.error END,
        outputs = CASE WHEN c.state IS NULL THEN r.outputs ELSE c.outputs END
      FROM json_populate_recordset(NULL::runs, $4) c WHERE r.id = c.id),
    step_changes AS (
      UPDATE steps s SET state = coalesce(c.state, s.state), attempt = coalesce(c.attempt, s.attempt),
        scheduled_at = coalesce(c.scheduled_at, s.scheduled_at), started_at = coalesce(c.started_at, s.started_at),
        child_id = coalesce(c.child_id, s.child_id), input = coalesce(c.input, s.input),
        progress = coalesce(c.progress, s.progress), decision = coalesce(c.decision, s.decision),
        finished_at = CASE WHEN c.state IS NULL THEN s.finished_at ELSE c.finished_at END,
        wake_at = CASE WHEN c.state IS NULL THEN s.wake_at ELSE c.wake_at END,
        output_media_type = CASE WHEN c.state IS NULL THEN s.output_media_type ELSE c.output_media_type END,
        output_size = CASE WHEN c.state IS NULL THEN s.output_size ELSE c.output_size END,
        output_digest = CASE WHEN c.state IS NULL THEN s.output_digest ELSE c.output_digest END,
        output_text = CASE WHEN c.state IS NULL THEN s.output_text ELSE c.output_text END,
        error = CASE WHEN c.state IS NULL THEN s.error ELSE c.error END
      FROM json_populate_recordset(NULL::steps, $5) c WHERE s.run_id = c.run_id AND s.key = c.key),
    decisions AS (
      UPDATE approvals a SET state = c.state, decided_at = c.decided_at, decided_by = c.decided_by, comment = c.comment
      FROM json_populate_recordset(NULL::approvals, $6) c WHERE a.id = c.id),
    head AS (UPDATE journal SET position = $7 WHERE id = 1)
  SELECT pg_notify('${JOURNAL_CHANNEL}', $8)`,
};

/**
 * Writes a group of appends, but does not commit it yet. What is refused leaves no trace.
 * @returns the plan; where it holds no event, nothing was written.
 * @throws what the driver throws; the transaction is then to be rolled back.
 */
export async function writeGroup(client: Client, appends: readonly AppendRequest[], node: string): Promise<CommitPlan> {
  const position = await lockJournal(client);
  const plan = planCommit(appends, await readBase(client, position, appends), node);
  if (plan.events.length === 0) return plan;
  const drafts = [...plan.runs];
  const rows = toRows(drafts, node);
  const changes = [
    rows.labels,
    rows.approvals,
    toArtifactRows(plan),
    rows.runChanges,
    rows.stepChanges,
    rows.decisions,
  ];
  const values = [
    ...changes.map(toRecordset),
    plan.position,
    `${node} ${plan.position}`,
    ...toColumnArrays(RUN_COLUMNS, rows.runs),
    ...toColumnArrays(STEP_COLUMNS, rows.steps),
    ...toColumnArrays(EVENT_COLUMNS, plan.events),
    ...toColumnArrays(LEAF_COLUMNS, plan.leaves),
  ];
  await client.query({ ...WRITE_GROUP, values });
  await writeToolCalls(client, drafts);
  return plan;
}

/** Begins a transaction that nobody else's commit can come between. @returns the newest position */
export async function lockJournal(client: Pick<Client, 'query'>): Promise<number> {
  // Two statements have two results.
  const results = (await client.query(BEGIN_AND_LOCK)) as unknown as [unknown, { rows: [{ position: number }] }];
  return results[1].rows[0].position;
}

interface BaseRow {
  readonly heads: (Omit<RunHead, 'workflow'> & { id: string; workflow: string | null })[] | null;
  readonly holders: { tenant: string; subject: string; key: string; id: string }[] | null;
  readonly steps: object[] | null;
}

/** Everything that planning this group will ask for, read at once. */
async function readBase(client: Client, position: number, appends: readonly AppendRequest[]): Promise<CommitBase> {
  const keys: object[] = [];
  const parents: object[] = [];
  for (const { runId, events } of appends) {
    for (const event of events) {
      if (event.type === 'RUN_CREATED' && event.payload.idempotencyKey !== undefined) {
        const { principal, idempotencyKey } = event.payload;
        keys.push({ tenant: principal.tenant, subject: principal.subject, key: idempotencyKey });
      }
      if (event.type === 'STEPS_ADDED')
        for (const { parent } of event.payload.steps) parents.push({ run: runId, key: parent });
    }
  }
  const runIds = [...new Set(appends.map(({ runId }) => runId))];
  const values = [runIds, JSON.stringify(keys), JSON.stringify(parents)];
  const { rows } = await client.query<BaseRow>({ ...READ_BASE, values });
  const { heads, holders, steps } = rows[0] as BaseRow;
  const headOf = new Map(heads?.map((head) => [head.id, { ...head, workflow: head.workflow ?? undefined }]));
  const holderOf = new Map(
    holders?.map(({ tenant, subject, key, id }) => [JSON.stringify([tenant, subject, key]), id]),
  );
  const stepOf = new Map(
    steps?.map((row) => {
      const step = toStepRecord(fromColumns<StepRow>(row));
      return [JSON.stringify([step.runId, step.key]), step];
    }),
  );
  return {
    position,
    head: (runId) => headOf.get(runId),
    holder: (tenant, subject, key) => holderOf.get(JSON.stringify([tenant, subject, key])),
    step: (runId, key) => stepOf.get(JSON.stringify([runId, key])),
  };
}

function toRows(drafts: readonly RunDraft[], node: string) {
  const rows = {
    runs: [] as RunRow[],
    labels: [] as object[],
    steps: [] as StepRow[],
    approvals: [] as object[],
    runChanges: [] as object[],
    stepChanges: [] as object[],
    decisions: [] as object[],
  };
  for (const draft of drafts) {
    const { tenant } = draft;
    if (draft.isNew) {
      rows.runs.push(toRunRow(draft.run, node));
      rows.labels.push(...toLabelRows(draft.run));
      for (const step of draft.steps.values()) rows.steps.push(toStepRow(step, tenant));
    } else {
      rows.runChanges.push(toRunChange(draft.run));
      for (const step of draft.addedSteps.values()) rows.steps.push(toStepRow(step, tenant));
      for (const [key, patch] of draft.steps)
        rows.stepChanges.push({ ...toStepChange(patch), runId: draft.run.id, key });
    }
    for (const approval of draft.approvals.values()) rows.approvals.push(toApprovalRow(approval, tenant));
    for (const [id, decision] of draft.decided) rows.decisions.push({ ...toApprovalChange(decision), id });
  }
  return rows;
}

function toRunChange(run: Extract<RunDraft, { isNew: false }>['run']): object {
  const { id, seq, headPosition, headHash, state, startedAt, finishedAt, error, outputs } = run;
  return {
    ...{ id, seq, headPosition, headHash, state },
    startedAt: startedAt?.getTime(),
    finishedAt: finishedAt?.getTime(),
    error: error && JSON.stringify(error),
    outputs: outputs && JSON.stringify(outputs),
  };
}

function toArtifactRows({ artifacts }: CommitPlan): object[] {
  return artifacts.map((artifact) => toArtifactRow(artifact, artifact.tenant));
}

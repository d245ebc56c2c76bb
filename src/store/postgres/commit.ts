import type { Client } from 'pg';
import {
  type AppendRequest,
  type CommitBase,
  type CommitPlan,
  planCommit,
  type RunHead,
} from '../journal/plan-commit.ts';
import { fromColumns, TOOL_CALL_COLUMNS } from '../rows/columns.ts';
import type { RunDraft } from '../rows/run-draft.ts';
import { type StepRow, toStepRecord } from '../rows/step-row.ts';
import { toToolCallChange, toToolCallRow } from '../rows/tool-call-row.ts';
import { groupStatement } from './group-statement.ts';
import { insertFromRecordset, toRecordset } from './recordset.ts';

/** A call that is repeated after an interruption replaces its earlier row. No call is in both parts. */
const WRITE_CALLS = {
  name: 'write calls',
  text: `
  WITH begun AS (
    ${insertFromRecordset('tool_calls', TOOL_CALL_COLUMNS, '$1')}
    ON CONFLICT (run_id, id) DO UPDATE SET step = excluded.step, tool = excluded.tool, arguments = excluded.arguments,
      result = excluded.result, error = excluded.error, seq = excluded.seq, called_at = excluded.called_at,
      duration_ms = excluded.duration_ms)
  UPDATE tool_calls t SET result = c.result, error = c.error, duration_ms = c.duration_ms
  FROM json_populate_recordset(NULL::tool_calls, $2) c WHERE t.run_id = c.run_id AND t.id = c.id`,
};

/** A separate statement: most commits have no tool calls, and avoid its cost. */
async function writeToolCalls(client: Client, drafts: readonly RunDraft[]): Promise<void> {
  const calledRows: object[] = [];
  const resultRows: object[] = [];
  for (const { run, identity, calls, callResults } of drafts) {
    for (const call of calls.values()) calledRows.push(toToolCallRow(call, identity.tenant));
    for (const [id, patch] of callResults) resultRows.push({ ...toToolCallChange(patch), runId: run.id, id });
  }
  if (calledRows.length === 0 && resultRows.length === 0) return;
  await client.query({
    ...WRITE_CALLS,
    values: [toRecordset(TOOL_CALL_COLUMNS, calledRows), toRecordset(TOOL_CALL_COLUMNS, resultRows)],
  });
}

const CHANGE_QUOTAS = {
  name: 'change quotas',
  text: `
  INSERT INTO quota_usage AS q (tenant, subject, quota, day, used)
  SELECT c.tenant, c.subject, c.quota, '', c.amount
  FROM json_to_recordset($1::json) AS c(tenant text, subject text, quota text, amount bigint)
  ON CONFLICT (tenant, subject, quota) DO UPDATE SET used = greatest(0, q.used + excluded.used)`,
};

const WAKE_PARENTS = {
  name: 'wake parents',
  text: 'UPDATE runs SET due_at = 1 WHERE id = ANY ($1::text[]) AND due_at > 0',
};

/**
 * The lock is taken first, in a separate statement, so that later reads see the previous commit. Only its holder assigns
 * positions, and it is released when the commit is visible, so that commit order is position order.
 */
const BEGIN_AND_LOCK =
  'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT position FROM journal WHERE id = 1 FOR UPDATE';

const READ_BASE = {
  name: 'read',
  text: `
  SELECT
    (SELECT json_agg(json_build_object('id', id, 'seq', seq, 'hash', head_hash, 'tenant', tenant, 'subject', subject,
        'workflow', workflow, 'parentId', parent_id, 'owner', owner, 'state', state))
      FROM runs WHERE id = ANY ($1::text[])) AS heads,
    (SELECT json_agg(json_build_object('tenant', r.tenant, 'subject', r.subject, 'key', r.idempotency_key, 'id', r.id))
      FROM json_to_recordset($2::json) AS k(tenant text, subject text, key text)
      JOIN runs r ON r.tenant = k.tenant AND r.subject = k.subject AND r.idempotency_key = k.key) AS holders,
    (SELECT json_agg(row_to_json(s))
      FROM json_to_recordset($3::json) AS k(run text, key text) JOIN steps s ON s.run_id = k.run AND s.key = k.key) AS steps`,
};

/**
 * Writes a group of appends, without committing. Rejected appends leave no trace.
 * @returns the plan; if it has no events, nothing was written
 * @throws the driver's error; the caller must then roll back the transaction
 */
export async function writeGroup(
  client: Client,
  appends: readonly AppendRequest[],
  nodeId: string,
): Promise<CommitPlan> {
  const position = await lockJournal(client);
  const plan = planCommit(appends, await readBase(client, position, appends), nodeId);
  if (plan.events.length === 0) return plan;
  const drafts = [...plan.runs];
  await client.query(groupStatement(plan, drafts, nodeId));
  await writeToolCalls(client, drafts);
  if (plan.parentIds.length > 0) await client.query({ ...WAKE_PARENTS, values: [plan.parentIds] });
  if (plan.quotas.length > 0) await client.query({ ...CHANGE_QUOTAS, values: [JSON.stringify(plan.quotas)] });
  return plan;
}

/** Begins a transaction during which nothing else commits to the journal. @returns the newest position */
export async function lockJournal(client: Pick<Client, 'query'>): Promise<number> {
  // Two statements return two results.
  const results = (await client.query(BEGIN_AND_LOCK)) as unknown as [unknown, { rows: [{ position: number }] }];
  return results[1].rows[0].position;
}

interface BaseRow {
  readonly heads: (Omit<RunHead, 'workflow'> & { id: string; workflow: string | null })[] | null;
  readonly holders: { tenant: string; subject: string; key: string; id: string }[] | null;
  readonly steps: object[] | null;
}

/** Everything that planning this group needs, read at once. */
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
    runByIdempotencyKey: (tenant, subject, key) => holderOf.get(JSON.stringify([tenant, subject, key])),
    step: (runId, key) => stepOf.get(JSON.stringify([runId, key])),
  };
}

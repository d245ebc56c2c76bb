import type { SqliteConnection } from '../connections/sqlite-connection.ts';
import {
  type AppendOutcome,
  type AppendRequest,
  type CommitBase,
  planCommit,
  type RejectedAppend,
  type RunHead,
} from '../journal/plan-commit.ts';
import { type ApprovalChange, toApprovalChange, toApprovalRow } from '../rows/approval-row.ts';
import { toArtifactRow } from '../rows/artifact-row.ts';
import {
  assignChanges,
  columnList,
  fromColumns,
  RUN_CHANGES,
  STEP_CHANGES,
  TOOL_CALL_COLUMNS,
} from '../rows/columns.ts';
import type { QuotaChangeRow } from '../rows/quota-changes.ts';
import type { RunDraft } from '../rows/run-draft.ts';
import { dueAtOf, type RunRow, toLabelRows, toRunRow } from '../rows/run-row.ts';
import { type StepChange, type StepRow, toStepChange, toStepRecord, toStepRow } from '../rows/step-row.ts';
import { type ToolCallChange, type ToolCallRow, toToolCallChange, toToolCallRow } from '../rows/tool-call-row.ts';
import { createInsert } from './insert.ts';

/** SQL for a bound field, and for a stored column. */
const bound = (field: string) => `@${field}`;
const stored = (column: string) => column;

/** One transaction for a group of appends, with an outcome for each. If it throws, nothing was changed. */
export type CommitGroup = (appends: readonly AppendRequest[]) => readonly AppendOutcome[];

/**
 * Commits on one connection. Every row is bound to a prepared statement, which costs about half of extracting it from a JSON
 * array.
 */
export function createSqliteCommit(db: SqliteConnection, nodeId: string): CommitGroup {
  const insert = createInsert(db);
  const base = createCommitBase(db);

  const movePosition = db.prepare('UPDATE journal SET position = ? WHERE id = 1');
  const advance = 'seq = @seq, head_position = @headPosition, head_hash = @headHash';
  const advanceRun = db.prepare<[RunAdvance]>(`UPDATE runs SET ${advance} WHERE id = @id`);
  // A separate statement, because it updates indexed columns, which most events of a long run do not change.
  const changeRun = db.prepare<[RunChange]>(
    `UPDATE runs SET ${advance}, ${assignChanges(RUN_CHANGES, bound, stored)} WHERE id = @id`,
  );
  const changeStep = db.prepare<[StepChange & { runId: string; key: string }]>(
    `UPDATE steps SET ${assignChanges(STEP_CHANGES, bound, stored)} WHERE run_id = @runId AND key = @key`,
  );
  const decide = db.prepare<[ApprovalChange & { id: string }]>(`
    UPDATE approvals SET state = @state, decided_at = @decidedAt, decided_by = @decidedBy, comment = @comment
    WHERE id = @id`);
  // A call that is repeated after an interruption replaces its earlier row.
  const startCall = db.prepare<[ToolCallRow]>(
    `INSERT OR REPLACE INTO tool_calls (${columnList(TOOL_CALL_COLUMNS)})
    VALUES (${Object.keys(TOOL_CALL_COLUMNS).map(bound).join(', ')})`,
  );
  const endCall = db.prepare<[ToolCallChange & { runId: string; id: string }]>(`
    UPDATE tool_calls SET result = @result, error = @error, duration_ms = @durationMs
    WHERE run_id = @runId AND id = @id`);

  const changeQuota = db.prepare<[QuotaChangeRow]>(`
    INSERT INTO quota_usage (tenant, subject, quota, day, used) VALUES (@tenant, @subject, @quota, '', max(0, @amount))
    ON CONFLICT (tenant, subject, quota) DO UPDATE SET used = max(0, used + @amount)`);

  const wakeParent = db.prepare<[string]>('UPDATE runs SET due_at = 1 WHERE id = ? AND due_at > 0');

  const write = (appends: readonly AppendRequest[]): readonly AppendOutcome[] => {
    const plan = planCommit(appends, base(), nodeId);
    for (const draft of plan.runs) {
      const { run, steps } = draft;
      if (draft.isNew) {
        insert('runs', toRunRow(draft.run, nodeId));
        for (const label of toLabelRows(draft.run)) insert('run_labels', label);
        for (const step of draft.steps.values()) insert('steps', toStepRow(step, draft.identity));
      } else {
        if (draft.run.state) changeRun.run(toRunChange(draft.run));
        else advanceRun.run(toRunAdvance(draft.run));
        for (const step of draft.addedSteps.values()) insert('steps', toStepRow(step, draft.identity));
        for (const [key, patch] of steps) changeStep.run({ ...toStepChange(patch), runId: run.id, key });
      }
      for (const approval of draft.approvals.values()) insert('approvals', toApprovalRow(approval, draft.identity));
      for (const [id, decision] of draft.decisions) decide.run({ ...toApprovalChange(decision), id });
      for (const call of draft.calls.values()) startCall.run(toToolCallRow(call, draft.identity.tenant));
      for (const [id, patch] of draft.callResults) endCall.run({ ...toToolCallChange(patch), runId: run.id, id });
    }
    for (const event of plan.events) insert('events', event);
    for (const artifact of plan.artifacts) insert('artifacts', toArtifactRow(artifact, artifact));
    for (const leaf of plan.leaves) insert('leaves', leaf);
    for (const parentId of plan.parentIds) wakeParent.run(parentId);
    for (const quota of plan.quotas) changeQuota.run(quota);
    if (plan.events.length > 0) movePosition.run(plan.position);
    return plan.outcomes;
  };

  const transaction = db.transaction(write);

  const commit: CommitGroup = (appends) => {
    try {
      return transaction.immediate(appends);
    } catch (error) {
      if (isStoreFailure(error)) throw error;
      // One append is at fault. Committed alone, only that one fails.
      return appends.length > 1 ? appends.flatMap((append) => commit([append])) : [toRejection(error)];
    }
  };
  return commit;
}

type ChangedRun = Extract<RunDraft, { isNew: false }>['run'];

/** What every append sets in a row of `runs`. */
type RunAdvance = Pick<ChangedRun, 'id' | 'seq' | 'headPosition' | 'headHash'>;

/** What a change with a state sets. */
type RunChange = { readonly [Field in keyof typeof RUN_CHANGES]: RunRow[Field] | null } & RunAdvance;

const toRunAdvance = ({ id, seq, headPosition, headHash }: ChangedRun): RunAdvance => ({
  id,
  seq,
  headPosition,
  headHash,
});

function toRunChange(run: ChangedRun): RunChange {
  return {
    ...toRunAdvance(run),
    state: run.state ?? null,
    startedAt: run.startedAt?.getTime() ?? null,
    finishedAt: run.finishedAt?.getTime() ?? null,
    error: run.error ? JSON.stringify(run.error) : null,
    errorCode: run.error?.code ?? null,
    outputs: run.outputs ? JSON.stringify(run.outputs) : null,
    dueAt: run.state ? dueAtOf(run.state) : null,
  };
}

/** A full disk, a lock, a broken file: affects every append. */
function isStoreFailure(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code.startsWith('SQLITE_') && !code.startsWith('SQLITE_CONSTRAINT');
}

function toRejection(error: unknown): RejectedAppend {
  if (String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')) {
    const message = 'A step or an artifact of the run has an id or a key that is already in use; create new ones.';
    return { code: 'CONFLICT', message, cause: String(error) };
  }
  const message = 'An event does not match its type, and was not recorded.';
  return { code: 'INTERNAL', message, cause: String((error as Error).stack) };
}

function createCommitBase(db: SqliteConnection): () => CommitBase {
  const position = db.prepare<[], number>('SELECT position FROM journal WHERE id = 1').pluck();
  const head = db.prepare<[string], Omit<RunHead, 'workflow'> & { workflow: string | null }>(
    'SELECT seq, head_hash AS hash, tenant, subject, workflow, parent_id AS parentId, owner, state FROM runs WHERE id = ?',
  );
  const runByKey = db
    .prepare<[string, string, string], string>(
      'SELECT id FROM runs WHERE tenant = ? AND subject = ? AND idempotency_key = ?',
    )
    .pluck();
  const step = db.prepare<[string, string], object>('SELECT * FROM steps WHERE run_id = ? AND key = ?');
  return () => ({
    position: position.get() as number,
    head: (runId) => {
      const row = head.get(runId);
      return row && { ...row, workflow: row.workflow ?? undefined };
    },
    runByIdempotencyKey: (tenant, subject, key) => runByKey.get(tenant, subject, key),
    step: (runId, key) => {
      const row = step.get(runId, key);
      return row && toStepRecord(fromColumns<StepRow>(row));
    },
  });
}

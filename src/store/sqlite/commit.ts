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
import { fromColumns } from '../rows/columns.ts';
import { toLabelRows, toRunRow } from '../rows/run-row.ts';
import { type StepChange, type StepRow, toStepChange, toStepRecord, toStepRow } from '../rows/step-row.ts';
import { type ToolCallChange, type ToolCallRow, toToolCallChange, toToolCallRow } from '../rows/tool-call-row.ts';
import { createInsert } from './insert.ts';

/** One transaction for a group of appends. Each is told its own result; when this throws, nothing was changed. */
export type CommitGroup = (appends: readonly AppendRequest[]) => readonly AppendOutcome[];

/**
 * Commits on one connection. A bound row costs about half of a row taken out of a JSON array, so every row is bound to a
 * prepared statement.
 */
export function createSqliteCommit(db: SqliteConnection, node: string): CommitGroup {
  const insert = createInsert(db);
  const base = createCommitBase(db);

  const movePosition = db.prepare('UPDATE journal SET position = ? WHERE id = 1');
  const advanceRun = db.prepare('UPDATE runs SET seq = ?, head_position = ?, head_hash = ? WHERE id = ?');
  // Apart, because it touches indexed columns: most events of a long run leave them alone.
  const changeRun = db.prepare(`
    UPDATE runs SET state = ?, started_at = coalesce(?, started_at), finished_at = ?, error = ?, outputs = ?
    WHERE id = ?`);
  const changeStep = db.prepare<[StepChange & { runId: string; key: string }]>(`
    UPDATE steps SET state = coalesce(@state, state), attempt = coalesce(@attempt, attempt),
      scheduled_at = coalesce(@scheduledAt, scheduled_at), started_at = coalesce(@startedAt, started_at),
      child_id = coalesce(@childId, child_id), input = coalesce(@input, input),
      progress = coalesce(@progress, progress), decision = coalesce(@decision, decision),
      finished_at = iif(@state IS NULL, finished_at, @finishedAt), wake_at = iif(@state IS NULL, wake_at, @wakeAt),
      output_media_type = iif(@state IS NULL, output_media_type, @outputMediaType),
      output_size = iif(@state IS NULL, output_size, @outputSize),
      output_digest = iif(@state IS NULL, output_digest, @outputDigest),
      output_text = iif(@state IS NULL, output_text, @outputText), error = iif(@state IS NULL, error, @error)
    WHERE run_id = @runId AND key = @key`);
  const decide = db.prepare<[ApprovalChange & { id: string }]>(`
    UPDATE approvals SET state = @state, decided_at = @decidedAt, decided_by = @decidedBy, comment = @comment
    WHERE id = @id`);
  // Made again after it was cut off, a call has the row that it had.
  const begin = db.prepare<[ToolCallRow]>(`
    INSERT OR REPLACE INTO tool_calls
      (id, tenant, run_id, step, tool, arguments, result, error, seq, called_at, duration_ms)
    VALUES (@id, @tenant, @runId, @step, @tool, @arguments, @result, @error, @seq, @calledAt, @durationMs)`);
  const end = db.prepare<[ToolCallChange & { runId: string; id: string }]>(`
    UPDATE tool_calls SET result = @result, error = @error, duration_ms = @durationMs
    WHERE run_id = @runId AND id = @id`);

  const write = (appends: readonly AppendRequest[]): readonly AppendOutcome[] => {
    const plan = planCommit(appends, base(), node);
    for (const draft of plan.runs) {
      const { run, steps } = draft;
      if (draft.isNew) {
        insert('runs', toRunRow(draft.run, node));
        for (const label of toLabelRows(draft.run)) insert('run_labels', label);
        for (const step of draft.steps.values()) insert('steps', toStepRow(step, draft.run.principal.tenant));
      } else {
        const { state, startedAt, finishedAt, error, outputs } = run;
        advanceRun.run(run.seq, run.headPosition, run.headHash, run.id);
        if (state) {
          const [failure, made] = [error && JSON.stringify(error), outputs && JSON.stringify(outputs)];
          const [started, finished] = [startedAt?.getTime(), finishedAt?.getTime()];
          changeRun.run(state, started ?? null, finished ?? null, failure ?? null, made ?? null, run.id);
        }
        for (const step of draft.addedSteps.values()) insert('steps', toStepRow(step, draft.tenant));
        for (const [key, patch] of steps) changeStep.run({ ...toStepChange(patch), runId: run.id, key });
      }
      for (const approval of draft.approvals.values()) insert('approvals', toApprovalRow(approval, draft.tenant));
      for (const [id, decision] of draft.decided) decide.run({ ...toApprovalChange(decision), id });
      for (const call of draft.calls.values()) begin.run(toToolCallRow(call, draft.tenant));
      for (const [id, patch] of draft.returned) end.run({ ...toToolCallChange(patch), runId: run.id, id });
    }
    for (const event of plan.events) insert('events', event);
    for (const artifact of plan.artifacts) insert('artifacts', toArtifactRow(artifact, artifact.tenant));
    for (const leaf of plan.leaves) insert('leaves', leaf);
    if (plan.events.length > 0) movePosition.run(plan.position);
    return plan.outcomes;
  };

  const transaction = db.transaction(write);

  const commit: CommitGroup = (appends) => {
    try {
      return transaction.immediate(appends);
    } catch (error) {
      if (isStoreFailure(error)) throw error;
      // One of them is at fault. Alone, only that one fails.
      return appends.length > 1 ? appends.flatMap((append) => commit([append])) : [toRejection(error)];
    }
  };
  return commit;
}

/** A full disk, a lock, a broken file: it concerns every append alike. */
function isStoreFailure(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code.startsWith('SQLITE_') && !code.startsWith('SQLITE_CONSTRAINT');
}

function toRejection(error: unknown): RejectedAppend {
  if (String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')) {
    const message = `A step or an artifact of the run has an id or a key that is taken: make new ones.`;
    return { code: 'CONFLICT', message, cause: String(error) };
  }
  const message = 'An event has not the shape of its type, and was not recorded.';
  return { code: 'INTERNAL', message, cause: String((error as Error).stack) };
}

function createCommitBase(db: SqliteConnection): () => CommitBase {
  const position = db.prepare<[], number>('SELECT position FROM journal WHERE id = 1').pluck();
  const head = db.prepare<[string], Omit<RunHead, 'workflow'> & { workflow: string | null }>(
    'SELECT seq, head_hash AS hash, tenant, subject, workflow, owner FROM runs WHERE id = ?',
  );
  const holder = db
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
    holder: (tenant, subject, key) => holder.get(tenant, subject, key),
    step: (runId, key) => {
      const row = step.get(runId, key);
      return row && toStepRecord(fromColumns<StepRow>(row));
    },
  });
}

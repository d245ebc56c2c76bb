import { toArtifactRow } from './artifact-row.ts';
import {
  type Append,
  type AppendResult,
  type CommitBase,
  planCommit,
  type Refused,
  type RunHead,
} from './plan-commit.ts';
import { toLabelRows, toRunRow } from './run-row.ts';
import type { Sqlite } from './sqlite-database.ts';
import { createInsert } from './sqlite-row.ts';
import { type StepChange, toStepChange, toStepRow } from './step-row.ts';

/** One transaction for a group of appends. Each is told its own result; when this throws, nothing was changed. */
export type Commit = (appends: readonly Append[]) => readonly AppendResult[];

/**
 * Commits on one connection. A bound row costs about half of a row taken out of a JSON array, which is what a database
 * behind a socket would be sent; so every row here is bound to a prepared statement.
 */
export function createSqliteCommit(db: Sqlite): Commit {
  const insert = createInsert(db);
  const base = createBase(db);

  const advanceRun = db.prepare('UPDATE runs SET seq = ?, head_position = ?, head_hash = ? WHERE id = ?');
  // Apart, because it touches indexed columns: most events of a long run leave them alone.
  const changeRun = db.prepare(`
    UPDATE runs SET state = coalesce(?, state), started_at = coalesce(?, started_at),
      finished_at = coalesce(?, finished_at), error = coalesce(?, error) WHERE id = ?`);
  const changeStep = db.prepare<[StepChange & { runId: string; key: string }]>(`
    UPDATE steps SET state = coalesce(@state, state), attempt = coalesce(@attempt, attempt),
      started_at = coalesce(@startedAt, started_at), finished_at = coalesce(@finishedAt, finished_at),
      output_media_type = coalesce(@outputMediaType, output_media_type),
      output_size = coalesce(@outputSize, output_size), output_digest = coalesce(@outputDigest, output_digest),
      output_text = coalesce(@outputText, output_text), progress = coalesce(@progress, progress),
      error = coalesce(@error, error), decision = coalesce(@decision, decision)
    WHERE run_id = @runId AND key = @key`);

  const write = (appends: readonly Append[]): readonly AppendResult[] => {
    const plan = planCommit(appends, base());
    for (const { isNew, run, steps } of plan.runs) {
      if (isNew) {
        insert('runs', toRunRow(run));
        for (const label of toLabelRows(run)) insert('run_labels', label);
        for (const step of steps.values()) insert('steps', toStepRow(step, run.principal.tenant));
      } else {
        const { state, startedAt, finishedAt, error } = run;
        advanceRun.run(run.seq, run.headPosition, run.headHash, run.id);
        if (state) {
          const failure = error ? JSON.stringify(error) : null;
          changeRun.run(state, startedAt?.getTime() ?? null, finishedAt?.getTime() ?? null, failure, run.id);
        }
        for (const [key, patch] of steps) changeStep.run({ ...toStepChange(patch), runId: run.id, key });
      }
    }
    for (const event of plan.events) insert('events', event);
    for (const artifact of plan.artifacts) insert('artifacts', toArtifactRow(artifact, artifact.tenant));
    return plan.results;
  };

  const transaction = db.transaction(write);

  const commit: Commit = (appends) => {
    try {
      return transaction.immediate(appends);
    } catch (error) {
      if (isOfTheStore(error)) throw error;
      // One of them is at fault. Alone, only that one fails.
      return appends.length > 1 ? appends.flatMap((append) => commit([append])) : [refusalOf(error)];
    }
  };
  return commit;
}

/** A full disk, a lock, a broken file: it concerns every append alike. */
function isOfTheStore(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code.startsWith('SQLITE_') && !code.startsWith('SQLITE_CONSTRAINT');
}

function refusalOf(error: unknown): Refused {
  if (String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')) {
    const message = `A step or an artifact of the run has an id or a key that is taken: make new ones.`;
    return { code: 'CONFLICT', message, cause: String(error) };
  }
  const message = 'An event has not the shape of its type, and was not recorded.';
  return { code: 'INTERNAL', message, cause: String((error as Error).stack) };
}

function createBase(db: Sqlite): () => CommitBase {
  // AUTOINCREMENT keeps the newest position there, so that a deleted event's position is never given again.
  const position = db.prepare<[], number>(`SELECT seq FROM sqlite_sequence WHERE name = 'events'`).pluck();
  const head = db.prepare<[string], Omit<RunHead, 'workflow'> & { workflow: string | null }>(
    'SELECT seq, head_hash AS hash, tenant, subject, workflow FROM runs WHERE id = ?',
  );
  const holder = db
    .prepare<[string, string, string], string>(
      'SELECT id FROM runs WHERE tenant = ? AND subject = ? AND idempotency_key = ?',
    )
    .pluck();
  return () => ({
    position: position.get() ?? 0,
    head: (runId) => {
      const row = head.get(runId);
      return row && { ...row, workflow: row.workflow ?? undefined };
    },
    holder: (tenant, subject, key) => holder.get(tenant, subject, key),
  });
}

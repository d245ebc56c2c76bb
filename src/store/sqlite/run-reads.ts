import type { Scope } from '../../core/principal.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import type { SqliteConnection } from '../connections/sqlite-connection.ts';
import { type ApprovalRow, toApprovalRecord } from '../rows/approval-row.ts';
import { type ArtifactRow, toArtifactRecord } from '../rows/artifact-row.ts';
import {
  APPROVAL_COLUMNS,
  ARTIFACT_COLUMNS,
  LABEL_COLUMNS,
  RUN_COLUMNS,
  STEP_COLUMNS,
  selectList,
  TOOL_CALL_COLUMNS,
} from '../rows/columns.ts';
import { type LabelRow, type RunRow, toRunRecord } from '../rows/run-row.ts';
import type { RunTables } from '../rows/run-tables.ts';
import { type StepRow, toStepRecord } from '../rows/step-row.ts';
import { type ToolCallRow, toToolCallRecord } from '../rows/tool-call-row.ts';

const RUN_FIELDS = selectList(RUN_COLUMNS);
const STEP_FIELDS = selectList(STEP_COLUMNS);

export interface SqliteRunReads {
  snapshot(scope: Scope, id: string): RunSnapshot | undefined;
  tables(scope: Scope, id: string): RunTables | undefined;
  runByKey(tenant: string, subject: string, idempotencyKey: string): RunRecord | undefined;
}

/**
 * Reads of one run that Prisma is not for: those in one transaction, which show one moment (between two statements of Prisma the writer may change
 * the run), and that of every request with an idempotency key, which takes a hundredth of the time this way.
 */
export function createSqliteRunReads(db: SqliteConnection): SqliteRunReads {
  const runOf = db.prepare<[string, string], RunRow>(`SELECT ${RUN_FIELDS} FROM runs WHERE id = ? AND tenant = ?`);
  const stepsOf = db.prepare<[string, string], StepRow>(
    `SELECT ${STEP_FIELDS} FROM steps WHERE run_id = ? AND role IS NULL
      UNION ALL SELECT ${STEP_FIELDS} FROM steps WHERE run_id = ? AND role = 'compensation' ORDER BY position`,
  );
  const labelsOf = db.prepare<[string], LabelRow>(
    `SELECT ${selectList(LABEL_COLUMNS)} FROM run_labels WHERE run_id = ? ORDER BY key`,
  );
  const artifactsOf = db.prepare<[string], ArtifactRow>(
    `SELECT ${selectList(ARTIFACT_COLUMNS)} FROM artifacts WHERE run_id = ? ORDER BY id`,
  );
  const approvalsOf = db.prepare<[string], ApprovalRow>(
    `SELECT ${selectList(APPROVAL_COLUMNS)} FROM approvals WHERE run_id = ? ORDER BY id`,
  );
  const allStepsOf = db.prepare<[string], StepRow>(
    `SELECT ${STEP_FIELDS} FROM steps WHERE run_id = ? ORDER BY position, item_index`,
  );
  const callsOf = db.prepare<[string], ToolCallRow>(
    `SELECT ${selectList(TOOL_CALL_COLUMNS)} FROM tool_calls WHERE run_id = ? ORDER BY seq`,
  );

  const snapshot = db.transaction(({ tenant, subject }: Scope, id: string): RunSnapshot | undefined => {
    const run = runOf.get(id, tenant);
    if (!run || (subject !== undefined && run.subject !== subject)) return undefined;
    return {
      run: toRunRecord(run),
      steps: stepsOf.all(id, id).map(toStepRecord),
    };
  });
  const tables = db.transaction((scope: Scope, id: string): RunTables | undefined => {
    const base = snapshot(scope, id);
    return (
      base && {
        ...base,
        steps: allStepsOf.all(id).map(toStepRecord),
        approvals: approvalsOf.all(id).map(toApprovalRecord),
        toolCalls: callsOf.all(id).map(toToolCallRecord),
        labels: labelsOf.all(id),
        artifacts: artifactsOf.all(id).map(toArtifactRecord),
      }
    );
  });
  const byKey = db.prepare<[string, string, string], RunRow>(
    `SELECT ${RUN_FIELDS} FROM runs WHERE tenant = ? AND subject = ? AND idempotency_key = ?`,
  );
  return {
    snapshot,
    tables,
    runByKey(tenant, subject, idempotencyKey) {
      const row = byKey.get(tenant, subject, idempotencyKey);
      return row && toRunRecord(row);
    },
  };
}

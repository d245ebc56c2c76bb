import type { Pool } from 'pg';
import type { Scope } from '../../core/principal.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import { retryReads } from '../connections/retry-reads.ts';
import { type ApprovalRow, toApprovalRecord } from '../rows/approval-row.ts';
import { type ArtifactRow, toArtifactRecord } from '../rows/artifact-row.ts';
import { fromColumns } from '../rows/columns.ts';
import { type LabelRow, type RunRow, toRunRecord } from '../rows/run-row.ts';
import type { RunTables } from '../rows/run-tables.ts';
import { type StepRow, toStepRecord } from '../rows/step-row.ts';
import { type ToolCallRow, toToolCallRecord } from '../rows/tool-call-row.ts';

interface PostgresRunReads {
  snapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  tables(scope: Scope, id: string): Promise<RunTables | undefined>;
  runByKey(tenant: string, subject: string, idempotencyKey: string): Promise<RunRecord | undefined>;
}

const RUN = 'FROM runs r WHERE r.id = $1 AND r.tenant = $2 AND ($3::text IS NULL OR r.subject = $3)';
const listOf = (parts: string, order: string) =>
  `(SELECT coalesce(json_agg(row_to_json(p) ORDER BY ${order}), '[]') FROM (${parts}) p)`;
const partsOf = (table: string, order: string) => listOf(`SELECT * FROM ${table} WHERE run_id = r.id`, order);

// Two conditions joined by OR would be checked on every item.
const TOP_LEVEL_STEPS = `SELECT * FROM steps WHERE run_id = r.id AND role IS NULL
  UNION ALL SELECT * FROM steps WHERE run_id = r.id AND role = 'compensation'`;
const SNAPSHOT = `SELECT row_to_json(r) AS run, ${listOf(TOP_LEVEL_STEPS, 'p.position')} AS steps ${RUN}`;
const TABLES = `SELECT row_to_json(r) AS run, ${partsOf('steps', 'p.position, p.item_index')} AS steps,
  (SELECT coalesce(json_agg(json_build_object('runId', p.run_id, 'tenant', p.tenant, 'key', p.key, 'value', p.value)
    ORDER BY p.key), '[]') FROM run_labels p WHERE p.run_id = r.id) AS labels, ${partsOf('approvals', 'p.id')} AS approvals,
  ${partsOf('artifacts', 'p.id')} AS artifacts, ${partsOf('tool_calls', 'p.seq')} AS calls ${RUN}`;

/** Each request with an idempotency key asks this: the database plans it once for each connection. */
const BY_KEY = {
  name: 'run_by_key',
  text: `SELECT row_to_json(r) AS run FROM runs r WHERE r.tenant = $1 AND r.subject = $2 AND r.idempotency_key = $3`,
};

type Rows = Readonly<Record<'steps' | 'approvals' | 'artifacts' | 'calls', object[]>> & {
  readonly run: object;
  readonly labels: LabelRow[];
};

/** Reads of one statement each, which show one moment. */
export function createPostgresRunReads(pool: Pool): PostgresRunReads {
  const read = async (sql: string, { tenant, subject }: Scope, id: string) =>
    (await retryReads(() => pool.query<Rows>(sql, [id, tenant, subject ?? null]))).rows[0];
  const snapshotOf = ({ run, steps }: Rows): RunSnapshot => ({
    run: toRunRecord(fromColumns<RunRow>(run)),
    steps: steps.map((row) => toStepRecord(fromColumns<StepRow>(row))),
  });
  return {
    runByKey: async (...key) => {
      const { rows } = await retryReads(() => pool.query<Pick<Rows, 'run'>>({ ...BY_KEY, values: key }));
      return rows[0] && toRunRecord(fromColumns<RunRow>(rows[0].run));
    },
    snapshot: async (scope, id) => {
      const rows = await read(SNAPSHOT, scope, id);
      return rows && snapshotOf(rows);
    },
    tables: async (scope, id) => {
      const rows = await read(TABLES, scope, id);
      return (
        rows && {
          ...snapshotOf(rows),
          labels: rows.labels,
          approvals: rows.approvals.map((row) => toApprovalRecord(fromColumns<ApprovalRow>(row))),
          artifacts: rows.artifacts.map((row) => toArtifactRecord(fromColumns<ArtifactRow>(row))),
          toolCalls: rows.calls.map((row) => toToolCallRecord(fromColumns<ToolCallRow>(row))),
        }
      );
    },
  };
}

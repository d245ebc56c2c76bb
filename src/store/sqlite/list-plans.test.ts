import { expect, it } from 'vitest';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';

/** What the lists and look-ups of the tables read, in the order in which they need it. */
const READS = {
  'all approvals of a tenant': `SELECT * FROM approvals WHERE tenant = 't' AND id < 'apr_g' ORDER BY id DESC LIMIT 21`,
  'approvals in one state': `SELECT * FROM approvals WHERE tenant = 't' AND state = 'OPEN' AND id < 'apr_g' ORDER BY id DESC LIMIT 21`,
  'workflows of a tenant': `SELECT * FROM workflows WHERE tenant = 't' AND is_newest = 1 AND id < 'wf_g' ORDER BY id DESC LIMIT 21`,
  'the oldest artifact with a digest': `SELECT * FROM artifacts WHERE tenant = 't' AND digest = 'd' ORDER BY id LIMIT 1`,
  'the oldest artifact of a user with a digest': `SELECT * FROM artifacts WHERE tenant = 't' AND subject = 's' AND digest = 'd' ORDER BY id LIMIT 1`,
  'outputs of a user with a digest': `SELECT * FROM steps WHERE tenant = 't' AND output_digest = 'd' AND subject = 's' LIMIT 1`,
  'approvals of a user': `SELECT * FROM approvals WHERE tenant = 't' AND subject = 's' AND id < 'apr_g' ORDER BY id DESC LIMIT 21`,
  'approvals of a user in one state': `SELECT * FROM approvals WHERE tenant = 't' AND subject = 's' AND state = 'OPEN' AND id < 'apr_g' ORDER BY id DESC LIMIT 21`,
  'artifacts of a run': `SELECT * FROM artifacts WHERE run_id = 'r' AND id > 'art_' ORDER BY id LIMIT 21`,
  'children of a run': `SELECT * FROM runs WHERE parent_id = 'r' AND id > 'run_' ORDER BY id LIMIT 21`,
  'the newest approval of a step': `SELECT * FROM approvals WHERE run_id = 'r' AND step = 's' ORDER BY id DESC LIMIT 1`,
  'steps of the plan': `SELECT * FROM steps WHERE run_id = 'r' AND role IS NULL ORDER BY position`,
  'tool calls of a step': `SELECT * FROM tool_calls WHERE run_id = 'r' AND step = 's' ORDER BY seq DESC LIMIT 1000`,
  'entries of a memory': `SELECT * FROM memories WHERE tenant = 't' AND name = 'm' ORDER BY at DESC, id DESC LIMIT 50`,
  'schedules that are due': `SELECT * FROM schedules WHERE next_at <= 1 ORDER BY next_at LIMIT 10`,
  'runs without a driver': `SELECT id FROM runs WHERE state IN ('PENDING', 'RUNNING') AND owner <> 'n' LIMIT 10`,
};

/** The indexes that have only some of the runs, and the conditions that they answer. */
const PARTIAL_INDEXES = {
  runs_tenant_subject_idempotency_key_key: `tenant = 't' AND subject = 's' AND idempotency_key = 'k'`,
  runs_tenant_username_id_idx: `tenant = 't' AND username = 'u' AND username <> subject AND id > 'run_' ORDER BY id LIMIT 21`,
  runs_tenant_workflow_id_idx: `tenant = 't' AND workflow = 'w' AND id < 'run_g' ORDER BY id DESC LIMIT 21`,
  runs_of_clients_idx: `tenant = 't' AND parent_id IS NULL AND id < 'run_g' ORDER BY id DESC LIMIT 21`,
  runs_of_runs_idx: `tenant = 't' AND parent_id IS NOT NULL AND id < 'run_g' ORDER BY id DESC LIMIT 21`,
  runs_tenant_error_code_id_idx: `tenant = 't' AND error_code = 'TIMEOUT' AND id < 'run_g' ORDER BY id DESC LIMIT 21`,
  runs_rerun_of_id_idx: `tenant = 't' AND rerun_of = 'r' AND id < 'run_g' ORDER BY id DESC LIMIT 21`,
  runs_slow_idx: `tenant = 't' AND finished_at - started_at >= 1000 AND id < 'run_g' ORDER BY id DESC LIMIT 21`,
  runs_parent_id_id_idx: `parent_id = 'r' AND id > 'run_' ORDER BY id LIMIT 21`,
  runs_due_at_idx: `due_at > 0 AND due_at <= 1 ORDER BY due_at LIMIT 10`,
};

it('reads each list in the order of an index, without a scan or a sort', async () => {
  const harness = await sqliteHarness();
  const store = await harness.open();
  try {
    for (const [name, sql] of Object.entries(READS)) {
      const plan = await harness.query<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
      expect([name, plan.filter(({ detail }) => /^SCAN|TEMP B-TREE/.test(detail))]).toEqual([name, []]);
    }
  } finally {
    await store.close();
    await harness.remove();
  }
});

it('looks runs up in the indexes that have only the runs that are looked up there', async () => {
  const harness = await sqliteHarness();
  const store = await harness.open();
  try {
    for (const [index, where] of Object.entries(PARTIAL_INDEXES)) {
      const plan = await harness.query<{ detail: string }>(`EXPLAIN QUERY PLAN SELECT id FROM runs WHERE ${where}`);
      expect(plan.map(({ detail }) => detail)).toEqual([expect.stringMatching(`^SEARCH runs USING .*INDEX ${index} `)]);
      const [{ sql } = { sql: '' }] = await harness.query<{ sql: string }>(
        `SELECT sql FROM sqlite_schema WHERE name = '${index}'`,
      );
      expect(sql).toContain(' WHERE ');
    }
  } finally {
    await store.close();
    await harness.remove();
  }
});

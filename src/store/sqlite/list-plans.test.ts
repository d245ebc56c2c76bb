import { expect, it } from 'vitest';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';

/** What the lists and look-ups of the tables read, in the order in which they need it. */
const READS = {
  'all approvals of a tenant': `SELECT * FROM approvals WHERE tenant = 't' AND id < 'apr_g' ORDER BY id DESC LIMIT 21`,
  'approvals in one state': `SELECT * FROM approvals WHERE tenant = 't' AND state = 'OPEN' AND id < 'apr_g' ORDER BY id DESC LIMIT 21`,
  'workflows of a tenant': `SELECT id FROM workflows AS w WHERE tenant = 't' AND deleted_at IS NULL AND id > 'wf_' AND id < 'wf_g'
    AND NOT EXISTS (SELECT 1 FROM workflows AS n WHERE n.tenant = w.tenant AND n.name = w.name AND n.version > w.version)
    ORDER BY id DESC LIMIT 21`,
  'the oldest artifact with a digest': `SELECT * FROM artifacts WHERE tenant = 't' AND digest = 'd' ORDER BY id LIMIT 1`,
  'the oldest artifact of a user with a digest': `SELECT * FROM artifacts WHERE tenant = 't' AND subject = 's' AND digest = 'd' ORDER BY id LIMIT 1`,
  'outputs of a user with a digest': `SELECT * FROM steps WHERE tenant = 't' AND output_digest = 'd' AND subject = 's' LIMIT 1`,
  'approvals of a user': `SELECT * FROM approvals WHERE tenant = 't' AND subject = 's' AND id < 'apr_g' ORDER BY id DESC LIMIT 21`,
  'approvals of a user in one state': `SELECT * FROM approvals WHERE tenant = 't' AND subject = 's' AND state = 'OPEN' AND id < 'apr_g' ORDER BY id DESC LIMIT 21`,
  'artifacts of a run': `SELECT * FROM artifacts WHERE run_id = 'r' AND id > 'art_' ORDER BY id LIMIT 21`,
  'children of a run': `SELECT * FROM runs WHERE parent_id = 'r' AND id > 'run_' ORDER BY id LIMIT 21`,
  'tool calls of a step': `SELECT * FROM tool_calls WHERE run_id = 'r' AND step = 's' ORDER BY seq DESC LIMIT 1000`,
  'entries of a memory': `SELECT * FROM memories WHERE tenant = 't' AND name = 'm' ORDER BY at DESC, id DESC LIMIT 50`,
  'schedules that are due': `SELECT * FROM schedules WHERE next_at <= 1 ORDER BY next_at LIMIT 10`,
  'runs without a driver': `SELECT id FROM runs WHERE state IN ('PENDING', 'RUNNING') AND owner <> 'n' LIMIT 10`,
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

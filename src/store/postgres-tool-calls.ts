import type { Client } from 'pg';
import { insertRows } from './postgres-insert.ts';
import { toRecordset } from './postgres-row.ts';
import type { RunDraft } from './rows/run-draft.ts';
import { toToolCallChange, toToolCallRow } from './rows/tool-call-row.ts';

/** Made again after it was cut off, a call has the row that it had. No call is in both parts. */
const WRITE_CALLS = {
  name: 'write calls',
  text: `
  WITH begun AS (
    ${insertRows('tool_calls', '$1')}
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

import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ApprovalRecord, RunSnapshot, StepRecord } from '../../../core/run.ts';
import type { StoreReader } from '../../../core/store-reader.ts';
import { APPROVAL_ID_META, RUN_ID_META, runUri } from '../protocol/identifiers.ts';

/** A run that continues later, without the caller: it waits for a person or a signal, or the server is stopping. */
export async function pendingResult(
  reader: Pick<StoreReader, 'approvalOf'>,
  { run, steps }: RunSnapshot,
): Promise<CallToolResult> {
  const approval = await openApproval(reader, run.principal.tenant, steps);
  const where = `Read ${runUri(run.id)} to see what becomes of it.`;
  const why = approval
    ? `A person has to decide the approval ${approval.id} first, for the step ${approval.step}: ${approval.reason}`
    : run.state === 'WAITING'
      ? 'It waits for something from outside, such as a signal.'
      : 'It continues without further action.';
  return {
    content: [
      { type: 'text', text: `Not done yet: the run ${run.id} is ${run.state}. ${why} ${where}` },
      { type: 'resource_link', uri: runUri(run.id), name: run.id, mimeType: 'application/json' },
    ],
    _meta: { [RUN_ID_META]: run.id, ...(approval && { [APPROVAL_ID_META]: approval.id }) },
  };
}

/** True while nobody but time is waited for: a sleep, a backoff, a rate. */
export function resumesUnattended({ run, steps }: RunSnapshot): boolean {
  if (run.state !== 'WAITING') return true;
  return steps.some(
    ({ state, kind, decision }) =>
      state === 'FAILED_RETRYABLE' || (state === 'WAITING' && (kind === 'SLEEP' || decision?.effect === 'THROTTLE')),
  );
}

async function openApproval(
  reader: Pick<StoreReader, 'approvalOf'>,
  tenant: string,
  steps: readonly StepRecord[],
): Promise<ApprovalRecord | undefined> {
  for (const { state, runId, key } of steps) {
    if (state !== 'WAITING') continue;
    const found = await reader.approvalOf({ tenant }, runId, key);
    if (found?.state === 'OPEN') return found;
  }
  return undefined;
}

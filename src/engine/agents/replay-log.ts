import type { EventPayloads } from '../../core/event.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { MutableStep, RunAggregate } from '../model/run-aggregate.ts';

type ReturnedTool = EventPayloads['TOOL_RETURNED']['call'];
type CalledTool = EventPayloads['TOOL_CALLED']['call'];
export type ApprovalDecision = EventPayloads['APPROVAL_DECIDED'];

/** What the journal has of an attempt that is replayed from its beginning. */
export interface ReplayLog {
  readonly messages: readonly EventPayloads['AGENT_MESSAGE'][];
  readonly calls: ReadonlyMap<string, CalledTool>;
  readonly results: ReadonlyMap<string, ReturnedTool>;
  /** The decisions about calls that needed approval. */
  readonly decisions: ReadonlyMap<string, ApprovalDecision>;
}

export const EMPTY_LOG: ReplayLog = { messages: [], calls: new Map(), results: new Map(), decisions: new Map() };

/** Reads the log of the current attempt; all of it must be durable. */
export async function readReplayLog(
  reader: Pick<StoreReader, 'history'>,
  run: RunAggregate,
  step: MutableStep,
): Promise<ReplayLog> {
  if (!run.bookkeeping.get(step.key)?.hasReplayLog) return EMPTY_LOG;
  let replayLog = createEmptyLog();
  const approvals = new Map<string, string>();
  let attempt = 0;
  for await (const event of reader.history(run.record.id)) {
    if (event.step !== step.key) continue;
    if (event.type === 'STEP_STATE_CHANGED' && event.payload.attempt !== attempt) {
      attempt = event.payload.attempt;
      replayLog = createEmptyLog();
    } else if (event.type === 'AGENT_MESSAGE') replayLog.messages.push(event.payload);
    else if (event.type === 'TOOL_CALLED') replayLog.calls.set(event.payload.call.id, event.payload.call);
    else if (event.type === 'TOOL_RETURNED') replayLog.results.set(event.payload.call.id, event.payload.call);
    else if (event.type === 'APPROVAL_REQUESTED' && event.payload.call !== undefined) {
      approvals.set(event.payload.id, event.payload.call);
    } else if (event.type === 'APPROVAL_DECIDED') {
      const call = approvals.get(event.payload.id);
      if (call !== undefined) replayLog.decisions.set(call, event.payload);
    }
  }
  return replayLog;
}

function createEmptyLog() {
  return {
    messages: [] as EventPayloads['AGENT_MESSAGE'][],
    calls: new Map<string, CalledTool>(),
    results: new Map<string, ReturnedTool>(),
    decisions: new Map<string, ApprovalDecision>(),
  };
}

import type { EventPayloads } from '../../core/event.ts';
import type { StoreReader } from '../../core/store.ts';
import type { LiveRun, LiveStep } from '../model/run-aggregate.ts';

type Returned = EventPayloads['TOOL_RETURNED']['call'];
type Called = EventPayloads['TOOL_CALLED']['call'];
export type Verdict = EventPayloads['APPROVAL_DECIDED'];

/** What the journal has of an attempt that is done again from its beginning. */
export interface Heard {
  readonly messages: readonly EventPayloads['AGENT_MESSAGE'][];
  readonly called: ReadonlyMap<string, Called>;
  readonly returned: ReadonlyMap<string, Returned>;
  /** What people said about calls. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

const NOTHING: Heard = { messages: [], called: new Map(), returned: new Map(), verdicts: new Map() };

/** Reads it where there is anything; all of it must be durable. */
export async function readHeard(reader: Pick<StoreReader, 'history'>, live: LiveRun, step: LiveStep): Promise<Heard> {
  if (!live.marks.get(step.key)?.spoke) return NOTHING;
  let heard = fresh();
  const asked = new Map<string, string>();
  let attempt = 0;
  for await (const event of reader.history(live.run.id)) {
    if (event.step !== step.key) continue;
    if (event.type === 'STEP_STATE_CHANGED' && event.payload.attempt !== attempt) {
      attempt = event.payload.attempt;
      heard = fresh();
    } else if (event.type === 'AGENT_MESSAGE') heard.messages.push(event.payload);
    else if (event.type === 'TOOL_CALLED') heard.called.set(event.payload.call.id, event.payload.call);
    else if (event.type === 'TOOL_RETURNED') heard.returned.set(event.payload.call.id, event.payload.call);
    else if (event.type === 'APPROVAL_REQUESTED' && event.payload.call !== undefined) {
      asked.set(event.payload.id, event.payload.call);
    } else if (event.type === 'APPROVAL_DECIDED') {
      const call = asked.get(event.payload.id);
      if (call !== undefined) heard.verdicts.set(call, event.payload);
    }
  }
  return heard;
}

function fresh() {
  return {
    messages: [] as EventPayloads['AGENT_MESSAGE'][],
    called: new Map<string, Called>(),
    returned: new Map<string, Returned>(),
    verdicts: new Map<string, Verdict>(),
  };
}

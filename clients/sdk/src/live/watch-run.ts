import type { Client } from '../create-client.ts';
import { type EventType, LiveEventsDocument, LiveRunDocument } from '../generated/graphql.ts';
import { SignalboxError } from '../transport/signalbox-error.ts';
import { fold } from './fold.ts';
import { createRunModel, isFinalRunState, type LiveEvent, type RunModel } from './run-model.ts';

const MODEL_EVENTS: readonly EventType[] = [
  'RUN_STATE_CHANGED',
  'STEPS_ADDED',
  'STEP_STATE_CHANGED',
  'STEP_PROGRESS',
  'APPROVAL_REQUESTED',
  'APPROVAL_DECIDED',
];

export interface WatchOptions {
  readonly signal?: AbortSignal;
  /** Events besides those that change the model. */
  readonly include?: readonly ('LOG' | 'AGENT_DELTA')[];
  /** Called when the model is known to be current: after a reconnection, also if nothing has happened. */
  readonly onCurrent?: () => void;
  /** Called with each event, in order and once, before the model that has it. Events before the first model are not among them. */
  readonly onEvent?: (event: LiveEvent) => void;
}

/**
 * A run as of now, and again whenever it has changed, until it has ended. A slow reader skips intermediate models, but gets the last one.
 * The connection may be lost and the server may restart in between. Ends when the signal aborts, and when the caller leaves the loop.
 * @throws SignalboxError NOT_FOUND, FORBIDDEN, UNAUTHENTICATED
 */
export async function* watchRun(
  client: Pick<Client, 'request' | 'subscribe'>,
  id: string,
  { signal, include = [], onCurrent, onEvent }: WatchOptions = {},
): AsyncGenerator<RunModel, undefined> {
  const options = signal ? { signal } : {};
  const types = [...MODEL_EVENTS, ...include];
  let newestSeq = 0;
  while (!signal?.aborted) {
    const { run } = await client.request(LiveRunDocument, { id }, options);
    if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id}, or you may not see it.`);
    let model = createRunModel(run);
    yield model;
    if (isFinalRunState(model.state)) return;
    try {
      const batches = client.subscribe(LiveEventsDocument, { runId: id, types, after: run.cursor }, options);
      for await (const { events } of batches) {
        const before = model;
        for (const event of events.events) {
          if (event.seq > newestSeq) {
            newestSeq = event.seq;
            onEvent?.(event);
          }
          model = fold(model, event);
        }
        onCurrent?.();
        if (model.isStale) break;
        if (model !== before) yield model;
        if (isFinalRunState(model.state)) return;
      }
    } catch (error) {
      // Retention has removed what follows the cursor: the run as of now replaces it.
      if (!(error instanceof SignalboxError && error.code === 'CURSOR_EXPIRED')) throw error;
    }
  }
}

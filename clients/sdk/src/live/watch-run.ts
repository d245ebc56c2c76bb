import type { Client } from '../create-client.ts';
import { type EventType, LiveEventsDocument, LiveRunDocument } from '../generated/graphql.ts';
import { pause } from '../transport/pause.ts';
import { retryDelayMs } from '../transport/resumption.ts';
import { asError, canContinue, SignalboxError } from '../transport/signalbox-error.ts';
import type { OnInterrupted } from '../transport/transport.ts';
import type { eventHistory } from './event-history.ts';
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
  /** Called when the model is no longer known to be current, with the delay before the next attempt. */
  readonly onInterrupted?: OnInterrupted;
  /** Called with each event, in order and once, before the model that has it. */
  readonly onEvent?: (event: LiveEvent) => void;
  /** `eventHistory`: `onEvent` is called with the events before the first model, too. Default: not. */
  readonly history?: typeof eventHistory;
}

/**
 * A run as of now, and again whenever it has changed, until it has ended. A slow reader skips intermediate models, but gets the last one.
 * After the first model, the connection may be lost and the server may restart. Ends when the signal aborts, and when the caller leaves the
 * loop.
 * @throws SignalboxError NOT_FOUND, FORBIDDEN, UNAUTHENTICATED; before the first model also UNAVAILABLE, TIMEOUT, THROTTLED
 */
export async function* watchRun(
  client: Pick<Client, 'request' | 'subscribe'>,
  id: string,
  options: WatchOptions = {},
): AsyncGenerator<RunModel, undefined> {
  const { signal = new AbortController().signal, include = [], onCurrent, onInterrupted, onEvent } = options;
  const types = [...MODEL_EVENTS, ...include];
  let newestSeq = 0;
  let { history } = options;
  const report = (event: LiveEvent) => {
    if (event.seq <= newestSeq) return;
    newestSeq = event.seq;
    onEvent?.(event);
  };
  /** Failures since the last batch of events. */
  let failures = 0;
  let isKnown = false;
  while (!signal.aborted) {
    try {
      const { run } = await client.request(LiveRunDocument, { id }, { signal });
      if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id}, or you may not see it.`);
      let model = createRunModel(run);
      isKnown = true;
      yield model;
      if (history) for await (const event of history(client, { id, types }, signal)) report(event);
      history = undefined;
      if (isFinalRunState(model.state)) return;
      const variables = { runId: id, types, after: run.cursor };
      for await (const { events } of client.subscribe(LiveEventsDocument, variables, { signal, onInterrupted })) {
        const before = model;
        for (const event of events.events) {
          report(event);
          model = fold(model, event);
        }
        failures = 0;
        onCurrent?.();
        if (model.isStale) break;
        if (model !== before) yield model;
        if (isFinalRunState(model.state)) return;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      const error = asError(thrown);
      if (!isKnown || !canContinue(error)) throw error;
      failures += 1;
      const waitMs = retryDelayMs(error, failures);
      onInterrupted?.(error, waitMs);
      await pause(waitMs, signal);
    }
  }
}

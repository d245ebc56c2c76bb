import { type EventsSubscription, type EventType, type LogLevel, RunEventsDocument } from '../generated/graphql.ts';
import type { CallContext } from './call-context.ts';
import { flatten } from './flatten.ts';

/** An event, with its cursor: pass that as `after` to continue behind it. */
export type Event = EventsSubscription['events']['events'][number];
export type LogLine = Extract<Event, { readonly __typename: 'LogLine' }>;

export interface RunEventsOptions {
  /** Cursor of the event before the first. Default: from the first event of the run. */
  readonly after?: string;
  readonly types?: readonly EventType[];
  /** Keys of steps. */
  readonly steps?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface LogOptions {
  /** Key of a step. Default: all. */
  readonly step?: string;
  /** Lines of at least this level. */
  readonly level?: LogLevel;
  readonly after?: string;
  /** Whether to wait for more lines until the run has ended. Default true. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

const LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];
/** Events that the server sends at a time. With all their fields, a larger number exceeds its limit on the cost of an operation. */
export const EVENT_BATCH = 350;

/** Events of a run until its end. */
export function runEvents(ctx: CallContext, id: string, options: RunEventsOptions = {}) {
  const { after, types, steps, signal } = options;
  return selectEvents(ctx, id, { after, signal }, (event) => {
    if (types && !types.includes(event.type)) return [];
    return steps && !(event.step && steps.includes(event.step)) ? [] : [event];
  });
}

export function runLogs(ctx: CallContext, id: string, options: LogOptions = {}) {
  const { step, level = 'DEBUG', after, follow = true, signal } = options;
  return selectEvents(ctx, id, { after, signal, follow }, (event) => {
    if (event.__typename !== 'LogLine' || (step && event.step !== step)) return [];
    return LEVELS.indexOf(event.level) < LEVELS.indexOf(level) ? [] : [event];
  });
}

export function runText(
  ctx: CallContext,
  id: string,
  options: { readonly step?: string; readonly signal?: AbortSignal } = {},
) {
  const { step, signal } = options;
  return selectEvents(ctx, id, { signal }, (event) =>
    event.__typename === 'AgentDelta' && (!step || event.step === step) ? [event.text] : [],
  );
}

interface Selection {
  readonly after?: string | undefined;
  readonly follow?: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What a function makes of the events of a run. The server ends the subscription with the run, so it sends all of them. */
function selectEvents<T>(ctx: CallContext, runId: string, options: Selection, select: (event: Event) => readonly T[]) {
  const { after, follow = true, signal } = options;
  const variables = { runId, batch: EVENT_BATCH, ...(after !== undefined && { after }) };
  return flatten(
    ctx.subscribe(RunEventsDocument, variables, { signal }),
    (batch) => batch.runEvents.events.flatMap(select),
    (batch) => !follow && batch.runEvents.caughtUp,
  );
}

import { type EventFilter, EventsDocument } from '../generated/graphql.ts';
import type { CallContext } from './call-context.ts';
import { flatten } from './flatten.ts';
import { EVENT_BATCH, type Event } from './run-events.ts';

export interface EventsOptions {
  readonly filter?: EventFilter;
  /** Cursor of the event before the first. Default: from now on. */
  readonly after?: string;
  /** Events that the server sends at a time. Default 350; the server refuses more than 399 (TOO_COSTLY). */
  readonly batch?: number;
  readonly signal?: AbortSignal;
}

/** The events of every run that you may see, each once and in order, until you stop. */
export function createEvents(ctx: CallContext) {
  return ({
    filter,
    after,
    batch = EVENT_BATCH,
    signal,
  }: EventsOptions = {}): AsyncIterableIterator<Event, undefined> => {
    const variables = { filter, batch, ...(after !== undefined && { after }) };
    return flatten(ctx.subscribe(EventsDocument, variables, { signal }), ({ events }) => events.events);
  };
}

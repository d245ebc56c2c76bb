import type { Event } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import type { CommittedAppend } from './append-queue.ts';
import type { EventView } from './event-view.ts';

/** The events of one commit, kept in memory for live readers. */
export interface LiveChunk {
  /** Position of its first event. */
  readonly first: number;
  /** Position of its last event. */
  readonly last: number;
  readonly count: number;
  /** Characters of JSON: about what it takes in memory. */
  readonly size: number;
  /**
   * The view's events of it after `position`.
   * @param newest whether the journal has no newer events, so that the reader has caught up
   */
  batch(view: EventView, position: number, limit: number, newest: boolean): EventBatch;
}

export function createLiveChunk(appends: readonly CommittedAppend[]): LiveChunk {
  const events = appends.flatMap((append) => append.events);
  const first = (events[0] as Event).position;
  const last = (events.at(-1) as Event).position;
  const workflowOf = new Map(appends.map(({ events: [event], workflow }) => [event?.runId, workflow]));
  let byRun: Map<string, Event[]> | undefined;

  /** Many readers follow one run each: they must not all scan every event. */
  const ofRun = (runId: string) => {
    byRun ??= Map.groupBy(events, (event) => event.runId);
    return byRun.get(runId) ?? [];
  };

  return {
    first,
    last,
    count: events.length,
    size: appends.reduce((sum, append) => sum + append.characters, 0),
    batch: (view, position, limit, newest) => {
      const candidates = view.runId === undefined ? events : ofRun(view.runId);
      const matches = candidates.filter(
        (event) => event.position > position && view.matches(event, workflowOf.get(event.runId)),
      );
      if (matches.length <= limit) return { events: matches, position: last, caughtUp: newest };
      const shown = matches.slice(0, limit);
      return { events: shown, position: (shown.at(-1) as Event).position, caughtUp: false };
    },
  };
}

import { isDeepStrictEqual } from 'node:util';
import { toEvent } from '../../audit/verify-chain.ts';
import type { Event, LogLevel } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import type { EventRow } from '../rows/event-row.ts';
import type { CommittedAppend } from './append-queue.ts';
import type { EventView } from './event-view.ts';
import type { AppendRequest } from './plan-commit.ts';

/** Maximum rows that one page scans, however few of them match the filter. */
export const MAX_WINDOW_ROWS = 2_000;

/** Maximum characters of payload in one page, unless its first event alone has more. */
export const MAX_PAGE_CHARACTERS = 2 * 1024 * 1024;

/** A view of one run. */
export type RunEventView = EventView & { readonly runId: string };

/** Events of a run, newest first, and the seq from which on the window was read: it continues before that. */
export interface Stretch {
  readonly events: readonly Event[];
  readonly seq: number;
}

/** The columns of an event that a search for a text needs. */
export interface SearchedRow {
  readonly type: Event['type'];
  readonly payload: string;
}

/** The lines of a log of one level. */
export interface LevelCount {
  readonly level: LogLevel;
  readonly count: number;
}

export function toSearched({ type, payload }: SearchedRow): Pick<Event, 'type' | 'payload'> {
  return { type, payload: JSON.parse(payload) };
}

/** Reads of the table `events`, each of them bounded. */
export interface EventReader {
  /** The newest committed position. */
  head(): Promise<number>;
  /** The same, after every commit that was in progress at the time of the call has ended. */
  stableHead(): Promise<number>;
  /** The view's events after `position` and up to `head`. The page may be empty and still advance the position. */
  page(view: EventView, position: number, limit: number, head: number): Promise<EventBatch>;
  /**
   * All events after one position and up to another, in order, as appends; undefined if they are more than readers get from
   * memory.
   */
  readBetween(after: number, upTo: number): Promise<readonly CommittedAppend[] | undefined>;
  /** The first seq of a run whose event is not before a position; one more than its newest if all are. */
  seqAt(runId: string, position: number): Promise<number>;
  /** The position of an event of a run; undefined when the run has no event with this seq. */
  positionAt(runId: string, seq: number): Promise<number | undefined>;
  /** The view's events of its run before a seq, newest first, of a window of the run. */
  readBack(view: RunEventView, beforeSeq: number, limit: number): Promise<Stretch>;
  /** The number of the view's events in a window of its run before a seq, which begins no earlier than another. */
  countBack(
    view: RunEventView,
    beforeSeq: number,
    fromSeq: number,
  ): Promise<{ readonly count: number; readonly seq: number }>;
  /** The same for a view of LOG events, by their levels. */
  countLevelsBack(
    view: RunEventView,
    beforeSeq: number,
    fromSeq: number,
  ): Promise<{ readonly levels: readonly LevelCount[]; readonly seq: number }>;
  /** The stored rows of one run, ordered by seq. */
  readRun(runId: string, afterSeq: number, limit: number): Promise<readonly EventRow[]>;
}

/**
 * The events of an append whose answer was lost with the writer, if they are in the journal.
 * @param rows the run's events in the journal, from the append's first seq on
 */
export function findStoredAppend(
  { expectedSeq, events }: AppendRequest,
  rows: readonly EventRow[],
): readonly Event[] | undefined {
  const isStored =
    rows.length === events.length && rows.every((row, index) => isSameEvent(row, events[index], expectedSeq + index));
  return isStored ? rows.map(toEvent) : undefined;
}

function isSameEvent(row: EventRow, event: AppendRequest['events'][number] | undefined, seq: number): boolean {
  return (
    row.seq === seq &&
    row.type === event?.type &&
    row.at === event.at.getTime() &&
    row.step === (event.step ?? null) &&
    isDeepStrictEqual(JSON.parse(row.payload), JSON.parse(JSON.stringify(event.payload)))
  );
}

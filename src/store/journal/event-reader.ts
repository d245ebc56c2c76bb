import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import { type EventRow, toEvent } from '../rows/event-row.ts';
import type { CommittedAppend } from './append-queue.ts';
import type { EventView } from './event-view.ts';
import type { AppendRequest } from './plan-commit.ts';

/** Rows that one page looks at, at most, whatever the filter lets through. */
export const MAX_WINDOW_ROWS = 2_000;

/** Characters of payload in one page, unless its first event alone has more. */
export const MAX_PAGE_CHARACTERS = 2 * 1024 * 1024;

/** Reads of the table `events`, each of them bounded. */
export interface EventReader {
  /** The newest position that is committed. */
  head(): Promise<number>;
  /** The same, once every commit that was under way at the time of the call has ended. */
  stableHead(): Promise<number>;
  /** What the view sees after `position` and up to `head`. It may hold no event and still have moved on. */
  page(view: EventView, position: number, limit: number, head: number): Promise<EventBatch>;
  /**
   * Everything after one position and up to another, in order, as appends; undefined when it is more than readers would
   * be handed from memory.
   */
  readBetween(after: number, upTo: number): Promise<readonly CommittedAppend[] | undefined>;
  /** One run's rows in the order of seq, as they lie there. */
  readRun(runId: string, afterSeq: number, limit: number): Promise<readonly EventRow[]>;
}

/**
 * The events of an append whose answer was lost with the writer, when they are in the journal.
 * @param rows what the journal has of the run from the append's first seq on
 */
export function findStoredAppend(
  { expectedSeq, events }: AppendRequest,
  rows: readonly EventRow[],
): readonly Event[] | undefined {
  const same =
    rows.length === events.length && rows.every((row, index) => isSameEvent(row, events[index], expectedSeq + index));
  return same ? rows.map(toEvent) : undefined;
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

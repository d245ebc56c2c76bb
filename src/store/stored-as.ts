import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../core/event.ts';
import type { Append } from './journal/plan-commit.ts';
import { type StoredEvent, toEvent } from './rows/event-row.ts';

/**
 * The events of an append whose answer was lost with the writer, when they are in the journal.
 * @param rows what the journal has of the run from the append's first seq on
 */
export function storedAs({ expectedSeq, events }: Append, rows: readonly StoredEvent[]): readonly Event[] | undefined {
  const same =
    rows.length === events.length && rows.every((row, index) => isSame(row, events[index], expectedSeq + index));
  return same ? rows.map(toEvent) : undefined;
}

function isSame(row: StoredEvent, event: Append['events'][number] | undefined, seq: number): boolean {
  return (
    row.seq === seq &&
    row.type === event?.type &&
    row.at === event.at.getTime() &&
    row.step === (event.step ?? null) &&
    isDeepStrictEqual(JSON.parse(row.payload), JSON.parse(JSON.stringify(event.payload)))
  );
}

import { Fault } from './errors.ts';
import type { Event, EventType, LogLevel, NewEvent } from './event.ts';
import type { Scope } from './principal.ts';

const CURSOR_PREFIX = 'c1.';

/** A journal position as the opaque text that clients keep. */
export function encodeCursor(position: number): string {
  return CURSOR_PREFIX + Buffer.from(position.toString(36)).toString('base64url');
}

/** @throws Fault BAD_INPUT when the text is no cursor of this server. */
export function decodeCursor(cursor: string): number {
  const digits = cursor.startsWith(CURSOR_PREFIX)
    ? Buffer.from(cursor.slice(CURSOR_PREFIX.length), 'base64url').toString()
    : '';
  const position = /^[0-9a-z]{1,11}$/.test(digits) ? Number.parseInt(digits, 36) : Number.NaN;
  if (!Number.isSafeInteger(position) || encodeCursor(position) !== cursor) {
    throw new Fault('BAD_INPUT', 'This is not a cursor of this server; pass one that an event or a batch carried.', {
      path: ['after'],
    });
  }
  return position;
}

/** Which events a reader wants; absent means all. */
export interface EventFilter {
  readonly runId?: string;
  readonly types?: readonly EventType[];
  /** Step keys. */
  readonly steps?: readonly string[];
  readonly workflow?: string;
  /** Least level of LOG events; other types pass. */
  readonly level?: LogLevel;
}

/** Some events in order. The same object is handed to every reader with the same scope and filter at the same place. */
export interface EventBatch {
  readonly events: readonly Event[];
  /** Where to go on: everything the reader may see up to here was in this batch or an earlier one. */
  readonly position: number;
  /** True when nothing newer was in the journal at the time. */
  readonly caughtUp: boolean;
}

export interface AppendResult {
  /** The events as they were stored. */
  readonly events: readonly Event[];
}

/** The only writer of run state. Invariants 1 to 7 of docs/journal.md hold for every implementation. */
export interface Journal {
  /**
   * Adds events to one run, and what follows from them to the tables, in one transaction. Resolves when that is
   * durable; only then readers see it. Appends that arrive during a commit share the next one; past the queue's limit
   * the call waits.
   * @param expectedSeq the seq that the first event will have; 1 creates the run and needs RUN_CREATED first.
   * @throws Fault CONFLICT when it is no longer the run's next, or when the idempotency key belongs to another run
   *   (`details.runId` names it); nothing was changed. UNAVAILABLE when the store cannot write (a full disk);
   *   nothing was changed, unless `details.inDoubt` says that nobody knows.
   */
  append(runId: string, expectedSeq: number, events: readonly NewEvent[]): Promise<AppendResult>;

  /**
   * From after `position`, then live; in order, without gap or repeat. Pulled: a slow reader reads the store at its
   * own pace, and nothing is kept for it. Ends when `signal` aborts.
   * @param limit events in one batch at most.
   */
  read(
    position: number,
    filter: EventFilter,
    scope: Scope,
    options: { readonly signal: AbortSignal; readonly limit?: number },
  ): AsyncIterableIterator<EventBatch>;

  /** One batch from after `position`, without waiting. */
  page(position: number, filter: EventFilter, scope: Scope, limit: number): Promise<EventBatch>;

  /** The newest position; 0 when the journal is empty. */
  head(): Promise<number>;

  close(): Promise<void>;
}

import { Fault } from './errors.ts';
import type { Event, EventType, LogLevel, NewEvent } from './event.ts';
import type { Scope } from './principal.ts';

const CURSOR_PREFIX = 'c1.';

/** A journal position as opaque text for clients. */
export function encodeCursor(position: number): string {
  const digits = position.toString(36);
  // Without padding. Digits and letters have no `+` and `/` in base64.
  return CURSOR_PREFIX + btoa(digits).slice(0, Math.ceil((digits.length * 4) / 3));
}

/** @throws Fault BAD_INPUT when the text is not a cursor of this server. */
export function decodeCursor(cursor: string): number {
  const digits = cursor.startsWith(CURSOR_PREFIX)
    ? Buffer.from(cursor.slice(CURSOR_PREFIX.length), 'base64url').toString()
    : '';
  const position = /^[0-9a-z]{1,11}$/.test(digits) ? Number.parseInt(digits, 36) : Number.NaN;
  if (!Number.isSafeInteger(position) || encodeCursor(position) !== cursor) {
    throw new Fault('BAD_INPUT', 'This is not a cursor of this server. Pass the cursor of an event or a batch.', {
      path: ['after'],
    });
  }
  return position;
}

/** Which events a reader receives; an absent field matches all. */
export interface EventFilter {
  readonly runId?: string;
  readonly types?: readonly EventType[];
  /** Step keys. */
  readonly steps?: readonly string[];
  readonly workflow?: string;
  /** Minimum level of LOG events; other types are not affected. */
  readonly level?: LogLevel;
  /** What the text of LOG events contains, whatever the case of its ASCII letters; other types are not affected. */
  readonly text?: string;
}

/** Of the events of one run. */
type RunEventFilter = EventFilter & { readonly runId: string };

/** Events in order. Readers with the same scope, filter and position receive the same object. */
export interface EventBatch {
  readonly events: readonly Event[];
  /** Where to continue: everything visible to the reader up to here was in this batch or an earlier one. */
  readonly position: number;
  /** True when the journal contained nothing newer at that time. */
  readonly caughtUp: boolean;
  /** Of a page that was read backwards: the position before which it continues; absent if nothing older matches. */
  readonly older?: number;
}

export interface AppendResult {
  /** The events as they were stored. */
  readonly events: readonly Event[];
}

/** The only writer of run state. Invariants 1 to 7 of docs/journal.md hold for every implementation. */
export interface Journal {
  /**
   * Appends events to one run and updates the tables derived from them, in one transaction. Resolves when that is
   * durable; only then is it visible to readers. Appends that arrive during a commit share the next one; when the queue
   * is full, the call waits.
   * @param expectedSeq the seq of the first event; 1 creates the run and requires RUN_CREATED as first event.
   * @throws Fault CONFLICT when `expectedSeq` is no longer the run's next, or when the idempotency key belongs to another
   *   run (`details.runId` names it); nothing has changed. UNAVAILABLE when the store cannot write (a full disk);
   *   nothing has changed, unless `details.inDoubt` says that the outcome is unknown.
   */
  append(runId: string, expectedSeq: number, events: readonly NewEvent[]): Promise<AppendResult>;

  /**
   * Events after `position`, then live; in order, without gaps or duplicates. Pull-based: a slow reader reads the store
   * at its pace, and nothing is buffered for it. Ends when `signal` aborts.
   * @param limit maximum number of events in one batch.
   */
  read(
    position: number,
    filter: EventFilter,
    scope: Scope,
    options: { readonly signal: AbortSignal; readonly limit?: number },
  ): AsyncIterableIterator<EventBatch>;

  /** One batch of events after `position`, without waiting. */
  page(position: number, filter: EventFilter, scope: Scope, limit: number): Promise<EventBatch>;

  /**
   * The newest events of a run before `position`, or of all, in order, without waiting. It may have fewer than `limit`, or none, and yet
   * have older ones: a search reads a limited part of the run.
   */
  pageBefore(position: number | undefined, filter: RunEventFilter, scope: Scope, limit: number): Promise<EventBatch>;

  /** The number of matching events among the newest 200,000 of a run, from a seq on. */
  count(filter: RunEventFilter, scope: Scope, fromSeq?: number): Promise<number>;

  /** The same for the lines of its log, by their levels. */
  countLevels(
    filter: Pick<RunEventFilter, 'runId' | 'steps'>,
    scope: Scope,
    fromSeq?: number,
  ): Promise<Readonly<Record<LogLevel, number>>>;

  /** The position of an event of a run; undefined when the run has no event with this seq. */
  positionAt(runId: string, seq: number): Promise<number | undefined>;

  /** The newest position; 0 when the journal is empty. */
  head(): Promise<number>;

  close(): Promise<void>;
}

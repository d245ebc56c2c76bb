import type { Worker } from 'node:worker_threads';
import { Fault } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import type { EventBatch, Journal } from '../../core/journal.ts';
import type { Logger, Metrics } from '../../core/telemetry.ts';
import { createAppendQueue } from './append-queue.ts';
import { createCommitFeed } from './commit-feed.ts';
import { type EventReader, findStoredAppend, type RunEventView } from './event-reader.ts';
import { createEventStream } from './event-stream.ts';
import { createEventView, type EventView } from './event-view.ts';
import { createLiveTail } from './live-tail.ts';
import { countEvents, countLevels, pageBefore } from './read-backwards.ts';

/** Events in one batch: the maximum, and the default. */
const MAX_BATCH_EVENTS = 1_000;
const DEFAULT_BATCH_EVENTS = 500;

/** Windows of the store that one call of `page` scans; the caller continues from the position that it reached. */
const MAX_WINDOWS_PER_PAGE = 20;

interface JournalDeps {
  startWriter(): Worker;
  readonly events: EventReader;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
}

/** A journal that other nodes append to as well. */
export interface SharedJournal extends Journal {
  /** Lets readers see everything up to a position that another node has committed. */
  advanceTo(position: number): void;
}

/** The journal on any database; see docs/journal.md. */
export async function openJournal({ startWriter, events, logger, metrics }: JournalDeps): Promise<SharedJournal> {
  const tail = createLiveTail(await events.head());
  const feed = createCommitFeed({ tail, readBetween: (after, upTo) => events.readBetween(after, upTo) });
  const queue = createAppendQueue({
    startWriter,
    logger,
    onCommit: (appends, seconds) => {
      feed.publishOwn(appends);
      const count = appends.reduce((sum, append) => sum + append.events.length, 0);
      metrics?.journalCommitted(appends.length, count, seconds);
    },
    onWriterLost: async (appends) => {
      const head = await events.stableHead();
      const lookups = appends.map(async (append) =>
        findStoredAppend(append, await events.readRun(append.runId, append.expectedSeq - 1, append.events.length)),
      );
      const stored = await Promise.all(lookups);
      feed.skipTo(head);
      return stored;
    },
  });
  const page = (view: EventView, position: number, limit: number) => events.page(view, position, limit, tail.head);
  const isAhead = (position: number) => Number.isSafeInteger(position) && position > tail.head;
  /**
   * A reader may have a position that this process does not know yet: from another node, or from a row that a commit has
   * just written.
   */
  const reach = async (position: number, argument = 'after') => {
    if (isAhead(position)) feed.skipTo(await events.head());
    checkPosition(position, tail.head, argument);
  };

  return {
    append: queue.append,
    read: (position, filter, scope, { signal, limit = DEFAULT_BATCH_EVENTS }) => {
      checkLimit(limit);
      if (!isAhead(position)) checkPosition(position, tail.head);
      const stream = createEventStream({ tail, page }, createEventView(filter, scope), position, limit, signal);
      return isAhead(position) ? deferUntilReached(stream, () => reach(position)) : stream;
    },
    page: async (start, filter, scope, limit) => {
      checkLimit(limit);
      await reach(start);
      const view = createEventView(filter, scope);
      const matches: Event[] = [];
      let batch: EventBatch = { events: [], position: start, caughtUp: false };
      for (let windows = 0; windows < MAX_WINDOWS_PER_PAGE && matches.length < limit && !batch.caughtUp; windows += 1) {
        batch = await page(view, batch.position, limit - matches.length);
        matches.push(...batch.events);
      }
      return { ...batch, events: matches };
    },
    pageBefore: async (position, filter, scope, limit) => {
      checkLimit(limit);
      if (position !== undefined) await reach(position, 'before');
      const { head } = tail;
      const view = createEventView(filter, scope) as RunEventView;
      return pageBefore(events, view, position ?? head + 1, limit, head);
    },
    count: async (filter, scope, fromSeq = 1) =>
      countEvents(events, createEventView(filter, scope) as RunEventView, tail.head + 1, fromSeq),
    countLevels: async ({ runId, steps }, scope, fromSeq = 1) => {
      const filter = { runId, types: ['LOG' as const], ...(steps && { steps }) };
      return countLevels(events, createEventView(filter, scope) as RunEventView, tail.head + 1, fromSeq);
    },
    positionAt: events.positionAt,
    advanceTo: feed.advanceTo,
    head: async () => tail.head,
    close: async () => {
      await queue.close();
      tail.close();
    },
  };
}

/** A stream that starts once its position is known here, and fails if it is not in the journal. */
function deferUntilReached(
  stream: AsyncIterableIterator<EventBatch>,
  reach: () => Promise<void>,
): AsyncIterableIterator<EventBatch> {
  let reached: Promise<void> | undefined;
  return {
    ...stream,
    next: () => {
      reached ??= reach();
      return reached.then(() => stream.next());
    },
  };
}

function checkPosition(position: number, head: number, argument = 'after'): void {
  if (!Number.isSafeInteger(position) || position < 0 || position > head) {
    throw new Fault('BAD_INPUT', 'The cursor is not from this journal; start without a cursor.', { path: [argument] });
  }
}

function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_BATCH_EVENTS) {
    throw new Fault('BAD_INPUT', `Request 1 to ${MAX_BATCH_EVENTS} events at once.`, { path: ['first'] });
  }
}

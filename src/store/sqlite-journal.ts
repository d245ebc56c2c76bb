import { Fault } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import type { EventBatch, Journal } from '../core/journal.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import { createAppendQueue } from './append-queue.ts';
import { createEventStream } from './event-stream.ts';
import { type EventView, eventView } from './event-view.ts';
import { createLiveTail } from './live-tail.ts';
import type { StoredEvents } from './sqlite-events.ts';
import { storedAs } from './stored-as.ts';

/** Events in one batch, and how many it has unless the reader says. */
const MOST_EVENTS = 1_000;
const USUAL_EVENTS = 500;

/** Windows of the store that one call of `page` looks through: past it the caller goes on from where it got to. */
const MOST_WINDOWS = 20;

interface SqliteJournalDeps {
  readonly file: string;
  readonly events: StoredEvents;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
  inTurn<T>(work: () => T): Promise<T>;
}

/** The journal on SQLite; docs/journal.md tells how it works. */
export function createSqliteJournal({ file, events, logger, metrics, inTurn }: SqliteJournalDeps): Journal {
  const tail = createLiveTail(events.head());
  const queue = createAppendQueue({
    file,
    logger,
    committed: (appends, seconds) => {
      tail.publish(appends);
      const count = appends.reduce((sum, append) => sum + append.events.length, 0);
      metrics?.journalCommitted(appends.length, count, seconds);
    },
    lost: (appends) => {
      const found = appends.map((append) =>
        storedAs(append, events.ofRun(append.runId, append.expectedSeq - 1, append.events.length)),
      );
      tail.reset(events.head());
      return found;
    },
  });
  const page = (view: EventView, position: number, limit: number) =>
    inTurn(() => events.page(view, position, limit, tail.head));

  return {
    append: queue.append,
    read: (position, filter, scope, { signal, limit = USUAL_EVENTS }) => {
      checkPlace(position, limit, tail.head);
      return createEventStream({ tail, page }, eventView(filter, scope), position, limit, signal);
    },
    page: async (start, filter, scope, limit) => {
      checkPlace(start, limit, tail.head);
      const view = eventView(filter, scope);
      const found: Event[] = [];
      let batch: EventBatch = { events: [], position: start, caughtUp: false };
      for (let windows = 0; windows < MOST_WINDOWS && found.length < limit && !batch.caughtUp; windows += 1) {
        batch = await page(view, batch.position, limit - found.length);
        found.push(...batch.events);
      }
      return { ...batch, events: found };
    },
    head: async () => tail.head,
    close: async () => {
      await queue.close();
      tail.close();
    },
  };
}

function checkPlace(position: number, limit: number, head: number): void {
  if (!Number.isSafeInteger(position) || position < 0 || position > head) {
    throw new Fault('BAD_INPUT', 'The cursor is not of this journal; begin without one.', { path: ['after'] });
  }
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST_EVENTS) {
    throw new Fault('BAD_INPUT', `Ask for 1 to ${MOST_EVENTS} events at once.`, { path: ['first'] });
  }
}

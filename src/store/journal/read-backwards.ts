import type { Event } from '../../core/event.ts';
import type { EventBatch } from '../../core/journal.ts';
import type { EventReader, RunEventView } from './event-reader.ts';

/** Windows of the run that one page scans. */
const MAX_WINDOWS_PER_PAGE = 50;
/** Events of the run that are counted, or looked at for a count. */
const MAX_COUNTED_EVENTS = 200_000;

/** The newest events of a run before a position, oldest first. @param head the newest position that readers know */
export async function pageBefore(
  events: EventReader,
  view: RunEventView,
  before: number,
  limit: number,
  head: number,
): Promise<EventBatch> {
  const { runId } = view;
  /** One more than the limit: whether there is anything older. */
  const found: Event[] = [];
  let seq = await events.seqAt(runId, before);
  for (let windows = 0; windows < MAX_WINDOWS_PER_PAGE && seq > 1 && found.length <= limit; windows += 1) {
    const stretch = await events.readBack(view, seq, limit + 1 - found.length);
    found.push(...stretch.events);
    ({ seq } = stretch);
  }
  const page = found.slice(0, limit).reverse();
  const older = await olderThan();
  return { events: page, position: before - 1, caughtUp: before > head, ...(older !== undefined && { older }) };

  async function olderThan() {
    if (found.length > limit) return page[0]?.position;
    return seq > 1 ? events.positionAt(runId, seq) : undefined;
  }
}

/** The number of a run's events that the view has, among its newest, from a seq on. */
export async function countEvents(
  events: EventReader,
  view: RunEventView,
  before: number,
  fromSeq: number,
): Promise<number> {
  let total = 0;
  let seq = await events.seqAt(view.runId, before);
  for (const last = Math.max(fromSeq, seq - MAX_COUNTED_EVENTS); seq > last; ) {
    const window = await events.countBack(view, seq, last);
    total += window.count;
    ({ seq } = window);
  }
  return total;
}

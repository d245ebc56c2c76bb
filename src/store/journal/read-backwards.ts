import type { Event, LogLevel } from '../../core/event.ts';
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
  await overWindows(events, view, before, fromSeq, async (seq, last) => {
    const window = await events.countBack(view, seq, last);
    total += window.count;
    return window;
  });
  return total;
}

/** The same for a view of LOG events, by their levels. */
export async function countLevels(
  events: EventReader,
  view: RunEventView,
  before: number,
  fromSeq: number,
): Promise<Readonly<Record<LogLevel, number>>> {
  const totals = { DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0 };
  await overWindows(events, view, before, fromSeq, async (seq, last) => {
    const window = await events.countLevelsBack(view, seq, last);
    for (const { level, count } of window.levels) totals[level] += count;
    return window;
  });
  return totals;
}

/** @param read reads a window before a seq, and returns where it begins */
async function overWindows(
  events: EventReader,
  { runId }: RunEventView,
  before: number,
  fromSeq: number,
  read: (beforeSeq: number, fromSeq: number) => Promise<{ readonly seq: number }>,
): Promise<void> {
  let seq = await events.seqAt(runId, before);
  for (const last = Math.max(fromSeq, seq - MAX_COUNTED_EVENTS); seq > last; ) ({ seq } = await read(seq, last));
}

import { Fault } from '../../core/errors.ts';
import type { EventBatch, Journal } from '../../core/journal.ts';
import type { Prisma } from '../connections/transactions.ts';

/** The newest position that retention has removed; 0 if it has removed nothing. */
export async function readRetentionFloor(prisma: Prisma): Promise<number> {
  const row = await prisma.journal.findUnique({ where: { id: 1 }, select: { floor: true } });
  return Number(row?.floor ?? 0);
}

/**
 * The journal, which rejects positions below which events have been removed: a reader that was disconnected for longer than
 * events are kept must learn that it has missed some. It accepts the start, and any position of a single run, whose events
 * are removed all at once.
 */
export function withRetentionFloor<J extends Journal>(journal: J, floor: () => Promise<number>): J {
  const check = async (position: number) => {
    if (position < (await floor())) throw cursorExpired();
  };
  return {
    ...journal,
    read: (position, filter, scope, options) => {
      const stream = journal.read(position, filter, scope, options);
      return position === 0 || filter.runId !== undefined ? stream : checkBeforeFirst(stream, () => check(position));
    },
    page: async (position, filter, scope, limit) => {
      const batch = await journal.page(position, filter, scope, limit);
      // Checked after the read, so that nothing can be removed between the two.
      if (position !== 0 && filter.runId === undefined) await check(position);
      return batch;
    },
  };
}

function checkBeforeFirst(stream: AsyncIterableIterator<EventBatch>, check: () => Promise<void>) {
  let checked: Promise<void> | undefined;
  const checkedStream: AsyncIterableIterator<EventBatch> = {
    [Symbol.asyncIterator]: () => checkedStream,
    next: async () => {
      checked ??= check();
      try {
        await checked;
      } catch (error) {
        await stream.return?.();
        throw error;
      }
      return stream.next();
    },
    return: async () => (await stream.return?.()) ?? { done: true, value: undefined },
  };
  return checkedStream;
}

function cursorExpired(): Fault {
  return new Fault(
    'CURSOR_EXPIRED',
    'Events after this cursor have been removed, because they are older than RETENTION_DAYS. Read the state of the runs again, then follow the events from now on, without a cursor.',
    { path: ['after'] },
  );
}

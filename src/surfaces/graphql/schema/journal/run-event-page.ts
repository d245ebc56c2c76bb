import { Fault } from '../../../../core/errors.ts';
import type { EventBatch, EventFilter } from '../../../../core/journal.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { MAX_BATCH_EVENTS, requireInRange } from '../builder/pagination.ts';

export const DEFAULT_PAGE_EVENTS = 100;

interface EventPageArgs {
  readonly after?: number | null | undefined;
  readonly first?: number | null | undefined;
  readonly fromSeq?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: number | null | undefined;
  readonly beforeSeq?: number | null | undefined;
}

/**
 * A page of the events of one run that match: from the beginning, after a cursor or from a `seq` on; with `last` from the end, before a cursor
 * or before a `seq`.
 * @throws Fault BAD_INPUT
 */
export async function readRunEventPage(
  ctx: Context,
  filter: EventFilter & { readonly runId: string },
  { after, first, fromSeq, last, before, beforeSeq }: EventPageArgs,
): Promise<EventBatch> {
  const { journal } = ctx.app;
  const scope = callerScope(ctx);
  if (last == null) {
    if (before != null) throw misplaced('before', 'Pass `last` to read towards the beginning.');
    if (beforeSeq != null) throw misplaced('beforeSeq', 'Pass `last` to read towards the beginning.');
    const limit = requireInRange('first', first ?? DEFAULT_PAGE_EVENTS, 1, MAX_BATCH_EVENTS);
    if (fromSeq == null) return journal.page(after ?? 0, filter, scope, limit);
    requireOne('fromSeq', fromSeq, 'after', after);
    const former = fromSeq === 1 ? 0 : await journal.positionAt(filter.runId, fromSeq - 1);
    return journal.page(former ?? (await journal.head()), filter, scope, limit);
  }
  if (after != null) throw misplaced('after', 'Pass `first` instead of `last` to read towards the end.');
  if (fromSeq != null) throw misplaced('fromSeq', 'Pass `first` instead of `last` to read towards the end.');
  const limit = requireInRange('last', last, 1, MAX_BATCH_EVENTS);
  if (beforeSeq == null) return journal.pageBefore(before ?? undefined, filter, scope, limit);
  requireOne('beforeSeq', beforeSeq, 'before', before);
  return journal.pageBefore(await journal.positionAt(filter.runId, beforeSeq), filter, scope, limit);
}

/** A `seq` that is given instead of a cursor. */
function requireOne(name: string, seq: number, cursorName: string, cursor: number | null | undefined): void {
  if (seq < 1) throw new Fault('BAD_INPUT', `${name} must be 1 or more: it is the seq of an event.`, { path: [name] });
  if (cursor == null) return;
  throw new Fault('BAD_INPUT', `${name} and ${cursorName} exclude each other. Pass one of them.`, { path: [name] });
}

function misplaced(argument: string, advice: string): Fault {
  return new Fault('BAD_INPUT', `${argument} reads in the other direction. ${advice}`, { path: [argument] });
}

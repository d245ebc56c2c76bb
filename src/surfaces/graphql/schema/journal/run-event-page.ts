import { Fault } from '../../../../core/errors.ts';
import type { EventBatch, EventFilter } from '../../../../core/journal.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { MAX_BATCH_EVENTS, requireInRange } from '../builder/pagination.ts';

export const DEFAULT_PAGE_EVENTS = 100;

interface EventPageArgs {
  readonly after?: number | null | undefined;
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: number | null | undefined;
}

/**
 * A page of the events of one run that match: from the beginning or after a cursor; with `last` from the end or before a cursor.
 * @throws Fault BAD_INPUT
 */
export function readRunEventPage(
  ctx: Context,
  filter: EventFilter & { readonly runId: string },
  { after, first, last, before }: EventPageArgs,
): Promise<EventBatch> {
  const { journal } = ctx.app;
  const scope = callerScope(ctx);
  if (last == null) {
    if (before != null) throw misplaced('before', 'Pass `last` to read towards the beginning.');
    const limit = requireInRange('first', first ?? DEFAULT_PAGE_EVENTS, 1, MAX_BATCH_EVENTS);
    return journal.page(after ?? 0, filter, scope, limit);
  }
  if (after != null) throw misplaced('after', 'Pass `first` instead of `last` to read towards the end.');
  return journal.pageBefore(before ?? undefined, filter, scope, requireInRange('last', last, 1, MAX_BATCH_EVENTS));
}

function misplaced(argument: string, advice: string): Fault {
  return new Fault('BAD_INPUT', `${argument} reads in the other direction. ${advice}`, { path: [argument] });
}

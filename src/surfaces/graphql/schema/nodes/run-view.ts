import type { Clock } from '../../../../core/clock.ts';
import { Fault } from '../../../../core/errors.ts';
import type { RunRecord } from '../../../../core/run.ts';
import type { Page } from '../../../../core/store-reader.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import type { RunView } from './refs.ts';

const pendingReads = new WeakMap<Context, Map<string, Promise<RunRecord | undefined>>>();

/**
 * A run that another object refers to. References to the same run at the same time share one read; a later one,
 * which may follow a mutation, reads again.
 */
export async function findRun(id: string, ctx: Context): Promise<RunView | null> {
  const underWay = pendingReads.get(ctx) ?? new Map<string, Promise<RunRecord | undefined>>();
  pendingReads.set(ctx, underWay);
  let read = underWay.get(id);
  if (!read) {
    read = ctx.app.reader.run(callerScope(ctx), id).finally(() => underWay.delete(id));
    underWay.set(id, read);
  }
  const run = await read;
  return run ? { run } : null;
}

/** The same for a run that must exist. @throws Fault NOT_FOUND */
export async function requireRun(id: string, ctx: Context): Promise<RunView> {
  const run = await findRun(id, ctx);
  if (!run) throw new Fault('NOT_FOUND', `There is no run ${id} that you may see.`);
  return run;
}

/** A page of runs for the resolvers of Run. */
export function toRunViewPage(page: Page<RunRecord>): Page<RunView> {
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: { run: node } })) };
}

/** Milliseconds from the start to the end, or until now while it is running; null before the start. */
export function durationMs(
  span: { readonly startedAt?: Date; readonly finishedAt?: Date },
  clock: Clock,
): number | null {
  if (!span.startedAt) return null;
  return (span.finishedAt ?? clock.now()).getTime() - span.startedAt.getTime();
}

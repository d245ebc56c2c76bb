import { Fault } from '../core/errors.ts';
import type { EventBatch, EventFilter } from '../core/journal.ts';
import type { Scope } from '../core/principal.ts';
import { isFinalRunState } from '../core/run-state.ts';
import { callerScope } from './caller-scope.ts';
import type { Context } from './context.ts';

/** Events from after the position, or from now, and then live. @throws Fault FORBIDDEN when the caller sees no runs */
export async function watchEvents(
  ctx: Context,
  filter: EventFilter,
  after: number | undefined,
  limit: number,
): Promise<AsyncIterable<EventBatch>> {
  callerScope(ctx);
  return follow(ctx, filter, after ?? (await ctx.app.journal.head()), limit);
}

/** The events of one run, until its last. @throws Fault NOT_FOUND, FORBIDDEN */
export async function watchRun(
  ctx: Context,
  runId: string,
  after = 0,
  limit: number,
): Promise<AsyncIterable<EventBatch>> {
  const run = await ctx.app.reader.run(callerScope(ctx), runId);
  if (!run) throw new Fault('NOT_FOUND', `There is no run ${runId} that you may see.`, { path: ['runId'] });
  return isFinalRunState(run.state) && run.headPosition <= after
    ? nothing()
    : untilEnd(follow(ctx, { runId }, after, limit));
}

/**
 * Reads the journal for as long as the policy lets the caller see it: when the policy has changed, what they see is
 * asked for again before the next batch is handed over.
 */
async function* follow(
  ctx: Context,
  filter: EventFilter,
  after: number,
  limit: number,
): AsyncGenerator<EventBatch, void> {
  const { journal, policy } = ctx.app;
  let position = after;
  for (;;) {
    let snapshot = policy.snapshot();
    const scope = callerScope(ctx);
    let changed = false;
    for await (const batch of journal.read(position, filter, scope, { signal: ctx.signal, limit })) {
      if (policy.snapshot() !== snapshot) {
        snapshot = policy.snapshot();
        changed = !sameScope(callerScope(ctx), scope);
        if (changed) break;
      }
      yield batch;
      position = batch.position;
    }
    if (!changed) return;
  }
}

async function* untilEnd(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch, void> {
  for await (const batch of batches) {
    yield batch;
    const last = batch.events.at(-1);
    if (last?.type === 'RUN_STATE_CHANGED' && isFinalRunState(last.payload.to)) return;
  }
}

async function* nothing(): AsyncGenerator<EventBatch, void> {}

function sameScope(a: Scope, b: Scope): boolean {
  return a.tenant === b.tenant && a.subject === b.subject;
}

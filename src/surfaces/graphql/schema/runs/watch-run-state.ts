import { Fault } from '../../../../core/errors.ts';
import { EVENT_TYPE_NAMES } from '../../../../core/event.ts';
import type { EventBatch } from '../../../../core/journal.ts';
import type { RunRecord } from '../../../../core/run.ts';
import { isFinalRunState } from '../../../../core/states.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { followJournal } from '../../subscriptions/watch-events.ts';
import type { RunView } from '../nodes/refs.ts';

/** What changes a run; a log line does not. */
const RUN_CHANGE_EVENTS = EVENT_TYPE_NAMES.filter((type) => type !== 'LOG').sort();
const MAX_BATCH_EVENTS = 1_000;

type RunViewResult = IteratorResult<RunView, undefined>;
const DONE = { done: true, value: undefined } as const;

/** What a batch came to, for everybody who is handed the same batch: read once, and the same object for all. */
const viewsByBatch = new WeakMap<EventBatch, Promise<RunView>>();

/**
 * A run as it is now, and again each time it has changed, until it has ended. Only the latest: it is read when the
 * caller asks for the next one, so whoever is slow passes over what was meanwhile, and still gets the last.
 * @throws Fault NOT_FOUND, FORBIDDEN
 */
export async function watchRunState(ctx: Context, runId: string): Promise<AsyncIterableIterator<RunView, undefined>> {
  const first = await readRun(ctx, runId);
  const batches = followJournal(ctx, { runId, types: RUN_CHANGE_EVENTS }, first.headPosition, MAX_BATCH_EVENTS);
  let told: RunRecord | undefined;

  const tell = (view: RunView): RunViewResult => {
    told = view.run;
    return { done: false, value: view };
  };
  const stop = async () => {
    await batches.return?.();
    return DONE;
  };
  const stateAfter = (batch: EventBatch): Promise<RunView> => {
    let known = viewsByBatch.get(batch);
    if (!known) {
      known = readRun(ctx, runId).then((run) => ({ run }));
      // Who comes next may have more luck.
      known.catch(() => viewsByBatch.delete(batch));
      viewsByBatch.set(batch, known);
    }
    return known;
  };
  const next = async (): Promise<RunViewResult> => {
    if (!told) return tell({ run: first });
    if (isFinalRunState(told.state)) return stop();
    for (;;) {
      const { done, value: batch } = await batches.next();
      if (done) return DONE;
      const newest = batch.events.at(-1);
      // What was told already held this, as it was read later.
      if (!newest || newest.seq <= told.seq) continue;
      const view = await stateAfter(batch);
      if (view.run.seq > told.seq) return tell(view);
    }
  };

  const states: AsyncIterableIterator<RunView, undefined> = {
    next,
    return: stop,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return states;
}

async function readRun(ctx: Context, runId: string): Promise<RunRecord> {
  const run = await ctx.app.reader.run(callerScope(ctx), runId);
  if (!run) throw new Fault('NOT_FOUND', `There is no run ${runId} that you may see.`, { path: ['runId'] });
  return run;
}

import { Fault } from '../../../../core/errors.ts';
import { EVENT_TYPE_NAMES } from '../../../../core/event.ts';
import type { EventBatch } from '../../../../core/journal.ts';
import type { RunRecord } from '../../../../core/run.ts';
import { isFinalRunState } from '../../../../core/states.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { followJournal } from '../../subscriptions/watch-events.ts';
import type { RunView } from '../nodes/refs.ts';

/** Events that change a run; log lines do not. */
const RUN_CHANGE_EVENTS = EVENT_TYPE_NAMES.filter((type) => type !== 'LOG').sort();
const MAX_BATCH_EVENTS = 1_000;

type RunViewResult = IteratorResult<RunView, undefined>;
const DONE = { done: true, value: undefined } as const;

/** The state after a batch, read once and shared by all subscribers with the same batch. */
const viewsByBatch = new WeakMap<EventBatch, Promise<RunView>>();

/**
 * The current state of a run, and again after each change, until it has ended. It is read when the caller requests the
 * next one, so a slow caller skips intermediate states, but still receives the last.
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
      // The next subscriber may succeed.
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
      // The previous result was read later, and contains this change.
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

import { STEP_STATES } from '../../../../core/states.ts';
import type { StepCounts } from '../../../../core/store-reader.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { Run } from '../nodes/refs.ts';
import { StepCount, toStepCounts } from '../steps/step-counts.ts';
import { listSteps } from './run-output.ts';

builder.objectField(Run, 'stepCounts', (t) =>
  t.field({
    type: [StepCount],
    description:
      'Number of its steps, with compensations and without the items of a `for_each`, in each state that occurs.',
    extensions: { cost: 5, listSize: STEP_STATES.length },
    resolve: async (view, _args, ctx) => {
      if (!view.steps) return toStepCounts(await countsOf(view.run.id, ctx));
      const byState = Map.groupBy(await listSteps(view, ctx), ({ state }) => state);
      return toStepCounts(new Map([...byState].map(([state, steps]) => [state, steps.length])));
    },
  }),
);

interface Batch {
  readonly ids: Set<string>;
  readonly counts: Promise<ReadonlyMap<string, StepCounts>>;
}
const openBatches = new WeakMap<Context, Batch>();

/** The resolvers of one list ask in the same turn: one read answers them all. */
async function countsOf(runId: string, ctx: Context): Promise<StepCounts> {
  let batch = openBatches.get(ctx);
  if (!batch) {
    const ids = new Set<string>();
    const counts = Promise.resolve().then(() => {
      openBatches.delete(ctx);
      return ctx.app.reader.stepCounts(callerScope(ctx), [...ids]);
    });
    batch = { ids, counts };
    openBatches.set(ctx, batch);
  }
  batch.ids.add(runId);
  return (await batch.counts).get(runId) ?? new Map();
}

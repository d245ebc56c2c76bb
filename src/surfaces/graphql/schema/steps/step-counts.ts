import { STEP_STATES, type StepState as State } from '../../../../core/states.ts';
import type { StepCounts } from '../../../../core/store-reader.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Step } from '../nodes/refs.ts';
import { StepState } from './step.ts';

export const StepCount = builder.objectRef<{ readonly state: State; readonly count: number }>('StepCount').implement({
  description: 'How many steps are in a state.',
  fields: (t) => ({
    state: t.expose('state', { type: StepState, description: 'The state.' }),
    count: t.exposeInt('count', { description: 'Number of steps, at least 1.' }),
  }),
});

builder.objectField(Step, 'itemCounts', (t) =>
  t.field({
    type: [StepCount],
    description: 'Number of the items of a `for_each` in each state that occurs. Empty for other steps.',
    extensions: { cost: 50, listSize: STEP_STATES.length },
    resolve: async ({ runId, key, terms }, _args, ctx) =>
      terms?.forEach === undefined ? [] : toStepCounts(await ctx.app.reader.itemCounts(callerScope(ctx), runId, key)),
  }),
);

export function toStepCounts(counts: StepCounts): { state: State; count: number }[] {
  return STEP_STATES.flatMap((state) => {
    const count = counts.get(state) ?? 0;
    return count === 0 ? [] : [{ state, count }];
  });
}

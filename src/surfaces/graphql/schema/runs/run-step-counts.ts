import { STEP_STATES } from '../../../../core/states.ts';
import { batchReads } from '../../request/batch-reads.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Run } from '../nodes/refs.ts';
import { StepCount, toStepCounts } from '../steps/step-counts.ts';
import { TokenUsage } from '../steps/token-usage.ts';
import { listSteps } from './run-output.ts';

const countsOf = batchReads((ctx, ids) => ctx.app.reader.stepCounts(callerScope(ctx), ids));
const tokensOf = batchReads((ctx, ids) => ctx.app.reader.tokensOfRuns(callerScope(ctx), ids));

builder.objectField(Run, 'stepCounts', (t) =>
  t.field({
    type: [StepCount],
    description:
      'Number of its steps, with compensations and without the items of a `for_each`, in each state that occurs.',
    extensions: { cost: 5, listSize: STEP_STATES.length },
    resolve: async (view, _args, ctx) => {
      if (!view.steps) return toStepCounts((await countsOf(ctx, view.run.id)) ?? new Map());
      const byState = Map.groupBy(await listSteps(view, ctx), ({ state }) => state);
      return toStepCounts(new Map([...byState].map(([state, steps]) => [state, steps.length])));
    },
  }),
);

builder.objectField(Run, 'usage', (t) =>
  t.field({
    type: TokenUsage,
    nullable: true,
    description: 'Tokens that its agents used. Null when none were reported.',
    extensions: { cost: 20 },
    resolve: async ({ run }, _args, ctx) => {
      const tokens = await tokensOf(ctx, run.id);
      return tokens ? { ...tokens, limit: ctx.app.config.agents.tokens.perRun } : null;
    },
  }),
);

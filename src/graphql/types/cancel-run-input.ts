import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { signedIn } from '../caller-scope.ts';
import { refusable } from '../refusable.ts';
import { RunResult } from './run-result.ts';

const CancelRunInput = builder.inputType('CancelRunInput', {
  description: 'A run to stop.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'The run.' }),
    reason: t.string({ description: 'Why, for whoever looks at it later.' }),
    compensate: t.boolean({ defaultValue: false, description: 'Undo first what its steps did, where they say how.' }),
  }),
});

builder.mutationField('cancelRun', (t) =>
  t.field({
    type: RunResult,
    description:
      'Stop a run, and the runs that it started. What is under way is aborted. CONFLICT when it has ended already.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: CancelRunInput, required: true, description: 'The run to stop.' }) },
    resolve: (_, { input: { runId, reason, compensate } }, ctx) =>
      refusable(async () =>
        ctx.app.engine.cancelRun(signedIn(ctx), runId, {
          ...(reason != null && { reason }),
          compensate: compensate ?? false,
        }),
      ),
  }),
);

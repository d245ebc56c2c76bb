import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { asObject } from '../as-object.ts';
import { signedIn } from '../caller-scope.ts';
import { refusable } from '../refusable.ts';
import { RunResult } from './run-result.ts';

const RerunFromInput = builder.inputType('RerunFromInput', {
  description: 'A step from which a run is done again.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'The run, which has ended.' }),
    step: t.string({ required: true, description: 'Key of the first step that is done again.' }),
    inputs: t.field({ type: 'JSON', description: 'An object of inputs in place of those of the run.' }),
  }),
});

builder.mutationField('rerunFrom', (t) =>
  t.field({
    type: RunResult,
    description:
      'Start a new run of the same plan in which a step, and all that follow from it, are done again. The other steps keep what they made.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: RerunFromInput, required: true, description: 'The run and the step.' }) },
    resolve: (_, { input: { runId, step, inputs } }, ctx) =>
      refusable(async () =>
        ctx.app.engine.rerunFrom(
          signedIn(ctx),
          runId,
          step,
          inputs == null ? undefined : asObject(inputs, ['input', 'inputs']),
        ),
      ),
  }),
);

import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { signedIn } from '../caller-scope.ts';
import { refusable } from '../refusable.ts';
import { RunResult } from './run-result.ts';

const RetryStepInput = builder.inputType('RetryStepInput', {
  description: 'A step to try again.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'The run, which ended badly.' }),
    step: t.string({ required: true, description: 'Key of the step that ended badly.' }),
  }),
});

builder.mutationField('retryStep', (t) =>
  t.field({
    type: RunResult,
    description: 'Continue a run that ended badly at one of its steps. What succeeded is kept.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: RetryStepInput, required: true, description: 'The step to try again.' }) },
    resolve: (_, { input: { runId, step } }, ctx) =>
      refusable(async () => ctx.app.engine.retryStep(signedIn(ctx), runId, step)),
  }),
);

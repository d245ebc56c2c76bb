import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { orRefusal } from '../errors/refusal.ts';
import { RunResult } from './run-request.ts';

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
      orRefusal(async () =>
        ctx.app.engine.cancelRun(requireUser(ctx), runId, {
          ...(reason != null && { reason }),
          compensate: compensate ?? false,
        }),
      ),
  }),
);

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
      orRefusal(async () => ctx.app.engine.retryStep(requireUser(ctx), runId, step)),
  }),
);

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
      orRefusal(async () =>
        ctx.app.engine.rerunFrom(
          requireUser(ctx),
          runId,
          step,
          inputs == null ? undefined : requireJsonObject(inputs, ['input', 'inputs']),
        ),
      ),
  }),
);

const SendSignalInput = builder.inputType('SendSignalInput', {
  description: 'A signal for a run.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'The run.' }),
    name: t.string({ required: true, description: 'What its step waits for.' }),
    payload: t.field({ type: 'JSON', description: 'What that step then gives as its output.' }),
  }),
});

builder.mutationField('sendSignal', (t) =>
  t.field({
    type: RunResult,
    description: 'Send a run what a step of it waits for, or will wait for. It is kept until a step takes it.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: SendSignalInput, required: true, description: 'The run and the signal.' }) },
    resolve: (_, { input: { runId, name, payload } }, ctx) =>
      orRefusal(async () =>
        ctx.app.engine.sendSignal(requireUser(ctx), runId, { name, ...(payload !== undefined && { payload }) }),
      ),
  }),
);

import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { orRefusal } from '../errors/refusal.ts';
import { RunResult } from './run-request.ts';

const CancelRunInput = builder.inputType('CancelRunInput', {
  description: 'A run to stop.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'ID of the run.' }),
    reason: t.string({ description: 'Reason, which is recorded.' }),
    compensate: t.boolean({ defaultValue: false, description: 'Run the compensations of its completed steps first.' }),
  }),
});

builder.mutationField('cancelRun', (t) =>
  t.field({
    type: RunResult,
    description:
      'Stop a run, and the runs that it started. Running steps are aborted. CONFLICT when it has already ended.',
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
  description: 'A step to retry.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'ID of the run, which must have failed.' }),
    step: t.string({ required: true, description: 'Key of the step, which must have failed.' }),
  }),
});

builder.mutationField('retryStep', (t) =>
  t.field({
    type: RunResult,
    description: 'Continue a failed run at one of its failed steps. Results of steps that succeeded are kept.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: RetryStepInput, required: true, description: 'The step to retry.' }) },
    resolve: (_, { input: { runId, step } }, ctx) =>
      orRefusal(async () => ctx.app.engine.retryStep(requireUser(ctx), runId, step)),
  }),
);

const RerunFromInput = builder.inputType('RerunFromInput', {
  description: 'A step from which to repeat a run.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'ID of the run, which must have ended.' }),
    step: t.string({ required: true, description: 'Key of the first step to repeat.' }),
    inputs: t.field({
      type: 'JSON',
      description: 'Object of inputs that replace those of the run. Default: the inputs of the run.',
    }),
  }),
});

builder.mutationField('rerunFrom', (t) =>
  t.field({
    type: RunResult,
    description:
      'Start a new run of the same plan that repeats a step and all steps that depend on it. The other steps keep their results.',
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
  description: 'A signal to a run.',
  fields: (t) => ({
    runId: t.id({ required: true, description: 'ID of the run.' }),
    name: t.string({ required: true, description: 'Name of the signal. A step must wait for it, now or later.' }),
    payload: t.field({ type: 'JSON', description: 'Payload, which becomes the output of that step.' }),
  }),
});

builder.mutationField('sendSignal', (t) =>
  t.field({
    type: RunResult,
    description: 'Send a signal to a run. It is kept until a step consumes it.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: SendSignalInput, required: true, description: 'The run and the signal.' }) },
    resolve: (_, { input: { runId, name, payload } }, ctx) =>
      orRefusal(async () =>
        ctx.app.engine.sendSignal(requireUser(ctx), runId, { name, ...(payload !== undefined && { payload }) }),
      ),
  }),
);

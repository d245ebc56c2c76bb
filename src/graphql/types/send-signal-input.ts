import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { signedIn } from '../caller-scope.ts';
import { refusable } from '../refusable.ts';
import { RunResult } from './run-result.ts';

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
      refusable(async () =>
        ctx.app.engine.sendSignal(signedIn(ctx), runId, { name, ...(payload !== undefined && { payload }) }),
      ),
  }),
);

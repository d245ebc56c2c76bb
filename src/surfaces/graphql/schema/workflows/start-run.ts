import { requireUser } from '../../request/caller-scope.ts';
import { currentTrace } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { orRefusal } from '../errors/refusal.ts';
import { IDEMPOTENCY_KEY_FIELD, parseWaitMs, RunResult, WAIT_MS_FIELD } from '../runs/run-request.ts';
import { Priority } from '../runs/run-state.ts';
import { toWorkflowSource, WorkflowSource } from './workflow-source.ts';

const StartRunInput = builder.inputType('StartRunInput', {
  description: 'A workflow to start.',
  fields: (t) => ({
    source: t.field({ type: WorkflowSource, required: true, description: 'The workflow.' }),
    inputs: t.field({ type: 'JSON', description: 'An object of what it takes; `Workflow.inputs` is the schema.' }),
    labels: t.field({ type: 'JSON', description: 'An object of names and values to find the run by.' }),
    priority: t.field({
      type: Priority,
      defaultValue: 'INTERACTIVE',
      description: 'Whether it goes before others when places are few.',
    }),
    waitMs: t.int(WAIT_MS_FIELD),
    idempotencyKey: t.string(IDEMPOTENCY_KEY_FIELD),
  }),
});

builder.mutationField('startRun', (t) =>
  t.field({
    type: RunResult,
    description:
      'Start a workflow. Answers when the run is recorded, or with `waitMs` when it has ended, if that is sooner. Needs the policy’s leave for `workflow:NAME`; each step is decided when its turn comes.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: StartRunInput, required: true, description: 'The workflow and what it takes.' }) },
    resolve: (_, { input }, ctx) =>
      orRefusal(async () => {
        const { source, inputs, labels, priority, waitMs, idempotencyKey } = input;
        return ctx.app.engine.startWorkflow(requireUser(ctx), {
          source: toWorkflowSource(source),
          ...(inputs != null && { inputs: requireJsonObject(inputs, ['input', 'inputs']) }),
          ...(labels != null && { labels: requireJsonObject(labels, ['input', 'labels']) }),
          ...(priority && { priority }),
          waitMs: parseWaitMs(waitMs),
          ...(idempotencyKey != null && { idempotencyKey }),
          ...currentTrace(ctx),
        });
      }),
  }),
);

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
    inputs: t.field({ type: 'JSON', description: 'Object of inputs; `Workflow.inputs` is the schema.' }),
    labels: t.field({ type: 'JSON', description: 'Object of labels: names and values for filters.' }),
    priority: t.field({
      type: Priority,
      description:
        'Its precedence over other runs when slots are scarce. Default: that of the workflow; INTERACTIVE if it states none.',
    }),
    waitMs: t.int(WAIT_MS_FIELD),
    idempotencyKey: t.string(IDEMPOTENCY_KEY_FIELD),
  }),
});

builder.mutationField('startRun', (t) =>
  t.field({
    type: RunResult,
    description:
      'Start a workflow. Returns when the run has been recorded; with `waitMs`, when it has ended or the time is over. Requires permission for `workflow:NAME`; the policy decides about each step when it is due.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: StartRunInput, required: true, description: 'The workflow and its inputs.' }) },
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

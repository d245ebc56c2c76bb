import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { toWorkflowSource, WorkflowSource } from '../../surfaces/graphql/schema/workflows/workflow-source.ts';
import { signedIn } from '../caller-scope.ts';
import { refusable } from '../refusable.ts';
import { WorkflowResult } from './workflow-result.ts';

const SaveWorkflowInput = builder.inputType('SaveWorkflowInput', {
  description: 'A workflow to keep.',
  fields: (t) => ({
    source: t.field({ type: WorkflowSource, required: true, description: 'The workflow, which has a name in it.' }),
  }),
});

builder.mutationField('saveWorkflow', (t) =>
  t.field({
    type: WorkflowResult,
    description:
      'Keep a workflow under its name, as the next version. The same text again keeps nothing new. With a schedule, the newest version starts by itself from then on, on your behalf.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: SaveWorkflowInput, required: true, description: 'The workflow to keep.' }) },
    resolve: (_, { input: { source } }, ctx) =>
      refusable(async () => ctx.app.engine.saveWorkflow(signedIn(ctx), toWorkflowSource(source))),
  }),
);

import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { signedIn } from '../caller-scope.ts';
import { refusable } from '../refusable.ts';
import { WorkflowResult } from './workflow-result.ts';

const DeleteWorkflowInput = builder.inputType('DeleteWorkflowInput', {
  description: 'A saved workflow to forget.',
  fields: (t) => ({ name: t.string({ required: true, description: 'Its name.' }) }),
});

builder.mutationField('deleteWorkflow', (t) =>
  t.field({
    type: WorkflowResult,
    description: 'Forget a saved workflow and its schedule; answers with it as it was. Its runs stay, and go on.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: DeleteWorkflowInput, required: true, description: 'The workflow to forget.' }) },
    resolve: (_, { input: { name } }, ctx) => refusable(async () => ctx.app.engine.deleteWorkflow(signedIn(ctx), name)),
  }),
);

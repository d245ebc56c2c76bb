import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Workflow } from '../nodes/refs.ts';
import { toWorkflowSource, WorkflowSource } from './workflow-source.ts';

export const WorkflowResult = builder.unionType('WorkflowResult', {
  description: 'A saved workflow, or why nothing was done.',
  types: [Workflow, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Workflow'),
});

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
      orRefusal(async () => ctx.app.engine.saveWorkflow(requireUser(ctx), toWorkflowSource(source))),
  }),
);

const DeleteWorkflowInput = builder.inputType('DeleteWorkflowInput', {
  description: 'A saved workflow to forget.',
  fields: (t) => ({ name: t.string({ required: true, description: 'Its name.' }) }),
});

builder.mutationField('deleteWorkflow', (t) =>
  t.field({
    type: WorkflowResult,
    description:
      'Forget a saved workflow and its schedule; answers with the deleted workflow. Its runs stay, and go on.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: DeleteWorkflowInput, required: true, description: 'The workflow to forget.' }) },
    resolve: (_, { input: { name } }, ctx) =>
      orRefusal(async () => ctx.app.engine.deleteWorkflow(requireUser(ctx), name)),
  }),
);

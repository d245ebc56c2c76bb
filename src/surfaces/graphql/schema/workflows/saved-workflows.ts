import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Workflow } from '../nodes/refs.ts';
import { toWorkflowSource, WorkflowSource } from './workflow-source.ts';

const WorkflowResult = builder.unionType('WorkflowResult', {
  description: 'A saved workflow, or why the request was refused.',
  types: [Workflow, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Workflow'),
});

const SaveWorkflowInput = builder.inputType('SaveWorkflowInput', {
  description: 'A workflow to save.',
  fields: (t) => ({
    source: t.field({ type: WorkflowSource, required: true, description: 'The workflow, which must contain a name.' }),
    ifVersion: t.int({
      description:
        'Save only if this version is the newest; 0: only if the workflow does not exist. Otherwise the result is CONFLICT. So nobody overwrites what another has saved meanwhile.',
    }),
  }),
});

builder.mutationField('saveWorkflow', (t) =>
  t.field({
    type: WorkflowResult,
    description:
      'Save a workflow under its name, as the next version. The same text again does not create a version. With a schedule, the newest version starts automatically from then on, on your behalf.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: SaveWorkflowInput, required: true, description: 'The workflow to save.' }) },
    resolve: (_, { input: { source, ifVersion } }, ctx) =>
      orRefusal(async () =>
        ctx.app.engine.saveWorkflow(requireUser(ctx), toWorkflowSource(source), ifVersion ?? undefined),
      ),
  }),
);

const DeleteWorkflowInput = builder.inputType('DeleteWorkflowInput', {
  description: 'A saved workflow to delete.',
  fields: (t) => ({ name: t.string({ required: true, description: 'Its name.' }) }),
});

builder.mutationField('deleteWorkflow', (t) =>
  t.field({
    type: WorkflowResult,
    description: 'Delete a saved workflow and its schedule, and return it. Its runs are kept, and continue.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: DeleteWorkflowInput, required: true, description: 'The workflow to delete.' }) },
    resolve: (_, { input: { name } }, ctx) =>
      orRefusal(async () => ctx.app.engine.deleteWorkflow(requireUser(ctx), name)),
  }),
);

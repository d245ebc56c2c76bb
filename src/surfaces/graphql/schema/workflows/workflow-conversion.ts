import type { ConvertedWorkflow as Converted, WorkflowForm as Form } from '../../../../workflow/convert-workflow.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { toWorkflowSource, WorkflowSource } from './workflow-source.ts';
import { WorkflowProblem } from './workflow-validation.ts';

const WorkflowForm = builder.enumType('WorkflowForm', {
  description: 'A form that a workflow is written in.',
  values: {
    NATIVE: { description: 'Signalbox, as YAML.' },
    DAG_JSON: { description: 'DAG-JSON: nodes that take the outputs of other nodes, and no expressions.' },
  } satisfies Record<Form, object>,
});

const ConvertedWorkflow = builder.objectRef<Converted>('ConvertedWorkflow').implement({
  description: 'A workflow in another form.',
  fields: (t) => ({
    text: t.exposeString('text', {
      nullable: true,
      description: 'The workflow, which does the same. Null when a problem is an ERROR.',
    }),
    problems: t.field({
      type: [WorkflowProblem],
      description: 'What is wrong with it, and what the other form cannot express, with its place in the source.',
      resolve: ({ problems }) => [...problems],
    }),
  }),
});

builder.queryField('convertWorkflow', (t) =>
  t.field({
    type: ConvertedWorkflow,
    description:
      'Write a workflow of any form in another form. A workflow that has the form already keeps its text. Nothing is saved. Requires permission for `query:workflows` if it is a saved one.',
    extensions: { cost: 100 },
    args: {
      source: t.arg({ type: WorkflowSource, required: true, description: 'The workflow.' }),
      form: t.arg({ type: WorkflowForm, required: true, description: 'The form to write it in.' }),
    },
    resolve: (_, { source, form }, ctx) =>
      ctx.app.engine.convertWorkflow(requireUser(ctx), toWorkflowSource(source), form),
  }),
);

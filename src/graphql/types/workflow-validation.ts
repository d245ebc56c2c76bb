import type { WorkflowReport } from '../../engine/requests/engine.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { toWorkflowSource, WorkflowSource } from '../../surfaces/graphql/schema/workflows/workflow-source.ts';
import { asObject } from '../as-object.ts';
import { signedIn } from '../caller-scope.ts';
import { StepDecision } from './step-decision.ts';
import { WorkflowGraph } from './workflow-graph.ts';
import { WorkflowProblem } from './workflow-problem.ts';

export const WorkflowValidation = builder.objectRef<WorkflowReport>('WorkflowValidation').implement({
  description: 'What was found out about a workflow without starting it.',
  fields: (t) => ({
    valid: t.boolean({
      description: 'True when it could be started like this: no problem is an ERROR.',
      resolve: ({ problems }) => problems.every(({ severity }) => severity !== 'ERROR'),
    }),
    problems: t.field({
      type: [WorkflowProblem],
      description: 'Everything wrong with it at once, in the order of the text.',
      resolve: ({ problems }) => [...problems],
    }),
    graph: t.expose('graph', {
      type: WorkflowGraph,
      nullable: true,
      description: 'Its steps, to draw. Null when too much is wrong to tell them.',
    }),
    decisions: t.field({
      type: [StepDecision],
      description: 'What the policy would say to each step now, where the resources are known before it runs.',
      resolve: ({ decisions }) => [...decisions],
    }),
  }),
});

builder.queryField('validateWorkflow', (t) =>
  t.field({
    type: WorkflowValidation,
    description:
      'A dry run: every problem of a workflow, its graph, and what the policy would say to you. Nothing starts.',
    extensions: { cost: 100 },
    args: {
      source: t.arg({ type: WorkflowSource, required: true, description: 'The workflow.' }),
      inputs: t.arg({ type: 'JSON', description: 'An object of what it takes; without it, that is not checked.' }),
    },
    resolve: (_, { source, inputs }, ctx) =>
      ctx.app.engine.validateWorkflow(
        signedIn(ctx),
        toWorkflowSource(source),
        inputs == null ? undefined : asObject(inputs, ['inputs']),
      ),
  }),
);

import type { WorkflowReport } from '../../../../engine/requests/engine.ts';
import type { Problem } from '../../../../workflow/model/workflow-document.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { PolicyDecision } from '../policy/policy.ts';
import { WorkflowGraph } from './workflow-graph.ts';
import { toWorkflowSource, WorkflowSource } from './workflow-source.ts';

export const Severity = builder.enumType('Severity', {
  description: 'How bad a problem of a workflow is.',
  values: {
    ERROR: { description: 'It cannot be started or saved like this.' },
    WARNING: { description: 'It runs, but perhaps not as it was meant.' },
  } satisfies Record<Problem['severity'], object>,
});

export const WorkflowProblem = builder.objectRef<Problem>('WorkflowProblem').implement({
  description: 'Something wrong with a workflow, or with what it was given.',
  fields: (t) => ({
    severity: t.expose('severity', { type: Severity, description: 'How bad it is.' }),
    message: t.exposeString('message', { description: 'What is wrong, and what to do about it.' }),
    step: t.exposeString('step', { nullable: true, description: 'Key of the step that it is about.' }),
    line: t.exposeInt('line', { nullable: true, description: 'Line of the text, from 1. Null without a text.' }),
    column: t.exposeInt('column', { nullable: true, description: 'Character of that line, from 1.' }),
  }),
});

export const StepDecision = builder.objectRef<WorkflowReport['decisions'][number]>('StepDecision').implement({
  description: 'What the policy would say to one step now, if you had started the workflow.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'Key of the step.' }),
    decision: t.expose('decision', { type: PolicyDecision, description: 'What it would say.' }),
  }),
});

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
        requireUser(ctx),
        toWorkflowSource(source),
        inputs == null ? undefined : requireJsonObject(inputs, ['inputs']),
      ),
  }),
);

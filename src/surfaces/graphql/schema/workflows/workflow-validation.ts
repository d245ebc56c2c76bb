import type { WorkflowReport } from '../../../../engine/requests/engine.ts';
import type { Problem } from '../../../../workflow/model/workflow-document.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { PolicyDecision } from '../policy/policy.ts';
import { WorkflowGraph } from './workflow-graph.ts';
import { toWorkflowSource, WorkflowSource } from './workflow-source.ts';

const Severity = builder.enumType('Severity', {
  description: 'Severity of a problem in a workflow.',
  values: {
    ERROR: { description: 'The workflow cannot be started or cannot be saved.' },
    WARNING: { description: 'The workflow runs, but perhaps not as intended.' },
  } satisfies Record<Problem['severity'], object>,
});

export const WorkflowProblem = builder.objectRef<Problem>('WorkflowProblem').implement({
  description: 'A problem in a workflow, or in its inputs.',
  fields: (t) => ({
    severity: t.expose('severity', { type: Severity, description: 'Severity.' }),
    message: t.exposeString('message', { description: 'What is wrong, and what to do about it.' }),
    step: t.exposeString('step', { nullable: true, description: 'Key of the step that it is about.' }),
    line: t.exposeInt('line', { nullable: true, description: 'Line of the text, from 1. Null without a text.' }),
    column: t.exposeInt('column', { nullable: true, description: 'Character of that line, from 1.' }),
  }),
});

const StepDecision = builder.objectRef<WorkflowReport['decisions'][number]>('StepDecision').implement({
  description:
    'What the policy would decide now about one step, if you started the workflow: for you, or for its author.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'Key of the step.' }),
    decision: t.expose('decision', { type: PolicyDecision, description: 'The decision.' }),
  }),
});

const WorkflowValidation = builder.objectRef<WorkflowReport>('WorkflowValidation').implement({
  description: 'The result of checking a workflow without starting it.',
  fields: (t) => ({
    valid: t.boolean({
      description: 'True when it can be started and saved: no problem is an ERROR.',
      resolve: ({ problems }) => problems.every(({ severity }) => severity !== 'ERROR'),
    }),
    problems: t.field({
      type: [WorkflowProblem],
      description: 'All problems, in the order of the text.',
      resolve: ({ problems }) => [...problems],
    }),
    graph: t.expose('graph', {
      type: WorkflowGraph,
      nullable: true,
      description: 'Its steps and dependencies. Null when errors hide them.',
    }),
    decisions: t.field({
      type: [StepDecision],
      description:
        'What the policy would decide now about each step whose resources are known before it runs: for you and, if another wrote the saved workflow, for its author too, whose permission it also needs.',
      resolve: ({ decisions }) => [...decisions],
    }),
  }),
});

builder.queryField('validateWorkflow', (t) =>
  t.field({
    type: WorkflowValidation,
    description:
      'Check a workflow: all problems, those of saving it too, its graph, and what the policy would decide for you. Nothing is started or saved.',
    extensions: { cost: 100 },
    args: {
      source: t.arg({ type: WorkflowSource, required: true, description: 'The workflow.' }),
      inputs: t.arg({ type: 'JSON', description: 'Object of inputs. Without it, inputs are not checked.' }),
    },
    resolve: (_, { source, inputs }, ctx) =>
      ctx.app.engine.validateWorkflow(
        requireUser(ctx),
        toWorkflowSource(source),
        inputs == null ? undefined : requireJsonObject(inputs, ['inputs']),
      ),
  }),
);

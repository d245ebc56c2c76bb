import { authorizeWorkflowRead, callerScope } from '../../request/caller-scope.ts';
import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { Node } from '../nodes/node.ts';
import { Workflow } from '../nodes/refs.ts';
import { toRunViewPage } from '../nodes/run-view.ts';
import { RunConnection } from '../runs/run-connection.ts';
import { WorkflowGraph } from './workflow-graph.ts';

Workflow.implement({
  description: 'One version of a saved workflow. It stays as it is; saving it again makes the next version.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of this version: `wf_…`.' }),
    name: t.exposeString('name', { description: 'Its name, unique in the tenant.' }),
    version: t.exposeInt('version', { description: 'Which version it is, from 1.' }),
    description: t.exposeString('description', { nullable: true, description: 'What it says that it does.' }),
    yaml: t.exposeString('yaml', { description: 'Its text, as it was given.' }),
    document: t.expose('document', { type: 'JSON', description: 'The value of that text.' }),
    inputs: t.expose('inputs', { type: 'JSON', description: 'JSON Schema (2020-12) of what it takes.' }),
    graph: t.field({
      type: WorkflowGraph,
      description: 'Its steps, to draw.',
      extensions: { cost: 20 },
      resolve: ({ document }, _args, { app }) => app.engine.workflowGraph(document),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When this version was saved.' }),
    createdBy: t.expose('createdBy', { type: Principal, description: 'Who saved this version.' }),
    runs: t.field({
      type: RunConnection,
      description: 'Runs of the workflow, of any version, that you may see, newest first.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'How many: at most 100, and 50 unless told.' }),
        after: t.arg.string({ description: 'Only those after this cursor of an earlier page.' }),
      },
      resolve: async ({ name }, page, ctx) =>
        toRunViewPage(await ctx.app.reader.runs(callerScope(ctx), { workflow: name }, parsePageArgs(page))),
    }),
  }),
});

builder.queryField('workflow', (t) =>
  t.field({
    type: Workflow,
    nullable: true,
    description:
      'The newest version of a saved workflow of your tenant. Null when there is none. Needs the policy’s leave for `query:workflows`.',
    args: { name: t.arg.string({ required: true, description: 'Its name.' }) },
    resolve: async (_, { name }, ctx) => {
      const { tenant } = authorizeWorkflowRead(ctx);
      return (await ctx.app.workflows.find(tenant, name)) ?? null;
    },
  }),
);

export const WorkflowConnection = createConnectionType('Workflow', Workflow);

builder.queryField('workflows', (t) =>
  t.field({
    type: WorkflowConnection,
    description:
      'The saved workflows of your tenant, each in its newest version, newest first. Needs the policy’s leave for `query:workflows`.',
    args: {
      first: t.arg.int({ description: 'How many: at most 100, and 50 unless told.' }),
      after: t.arg.string({ description: 'Only those after this cursor of an earlier page.' }),
    },
    resolve: (_, page, ctx) => {
      const { tenant } = authorizeWorkflowRead(ctx);
      return ctx.app.workflows.list(tenant, parsePageArgs(page));
    },
  }),
);

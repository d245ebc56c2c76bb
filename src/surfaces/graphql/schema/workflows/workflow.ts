import { authorizeWorkflowRead, callerScope } from '../../request/caller-scope.ts';
import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { Node } from '../nodes/node.ts';
import { Workflow } from '../nodes/refs.ts';
import { toRunViewPage } from '../nodes/run-view.ts';
import { RunConnection } from '../runs/run-connection.ts';
import { WorkflowGraph } from './workflow-graph.ts';

const WorkflowPart = builder.objectRef<{ readonly name: string; readonly version: number }>('WorkflowPart').implement({
  description: 'A saved workflow that a step of another workflow starts.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the workflow.' }),
    version: t.exposeInt('version', { description: 'Version that the step starts.' }),
  }),
});

const WorkflowConnection = createConnectionType('Workflow', Workflow);

Workflow.implement({
  description: 'One version of a saved workflow. It never changes; saving the workflow again creates the next version.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of this version: `wf_…`.' }),
    name: t.exposeString('name', { description: 'Name of the workflow, unique in the tenant.' }),
    version: t.exposeInt('version', { description: 'Number of the version, from 1.' }),
    description: t.exposeString('description', { nullable: true, description: 'Description in the document.' }),
    yaml: t.exposeString('yaml', { description: 'Its text, as it was saved.' }),
    document: t.expose('document', { type: 'JSON', description: 'The text as a JSON value.' }),
    inputs: t.expose('inputs', { type: 'JSON', description: 'JSON Schema (2020-12) of its inputs.' }),
    graph: t.field({
      type: WorkflowGraph,
      description: 'Its steps and dependencies, for drawing.',
      extensions: { cost: 20 },
      resolve: (workflow, _args, { app }) => app.engine.workflowGraph(workflow),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When this version was saved.' }),
    createdBy: t.expose('createdBy', { type: Principal, description: 'Who saved this version.' }),
    parts: t.field({
      type: [WorkflowPart],
      description:
        'The saved workflows that its steps start, with the version that each had when this version was saved. A step that states a `version` is not listed.',
      extensions: { listSize: 5 },
      resolve: ({ parts = {} }) => Object.entries(parts).map(([name, version]) => ({ name, version })),
    }),
    versions: t.field({
      type: WorkflowConnection,
      description: 'The versions of the workflow, newest first. None when it was deleted.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
        after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
      },
      resolve: ({ tenant, name }, page, { app }) => app.workflows.versions(tenant, name, parsePageArgs(page)),
    }),
    runs: t.field({
      type: RunConnection,
      description: 'Runs of the workflow, of all versions, that you may see, newest first.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
        after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
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
      'A saved workflow of your tenant, in its newest or a given version. Null when it does not exist. Requires permission for `query:workflows`.',
    args: {
      name: t.arg.string({ required: true, description: 'Name of the workflow.' }),
      version: t.arg.int({ description: 'Number of the version. Default: the newest.' }),
    },
    resolve: async (_, { name, version }, ctx) => {
      const { tenant } = authorizeWorkflowRead(ctx);
      const { workflows } = ctx.app;
      const found = version == null ? workflows.find(tenant, name) : workflows.findVersion(tenant, name, version);
      return (await found) ?? null;
    },
  }),
);

builder.queryField('workflows', (t) =>
  t.field({
    type: WorkflowConnection,
    description:
      'The saved workflows of your tenant, each in its newest version, newest first. Requires permission for `query:workflows`.',
    args: {
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, page, ctx) => {
      const { tenant } = authorizeWorkflowRead(ctx);
      return ctx.app.workflows.list(tenant, parsePageArgs(page));
    },
  }),
);

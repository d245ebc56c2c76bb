import type { WorkflowGraph as Graph } from '../../../../workflow/model/workflow-document.ts';
import { builder } from '../builder/builder.ts';
import { StepKind } from '../steps/step-kind.ts';

const GraphNode = builder.objectRef<Graph['nodes'][number]>('GraphNode').implement({
  description: 'One step of a workflow graph.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Key of the step, unique in the workflow.' }),
    kind: t.expose('kind', { type: StepKind, description: 'Kind of the step.' }),
    title: t.exposeString('title', { description: 'Title, for people.' }),
    does: t.exposeString('does', {
      nullable: true,
      description:
        'Name of the command, query, tool, agent backend or workflow that it performs or starts. Null for kinds that perform none of them.',
    }),
    forEach: t.exposeBoolean('forEach', { description: 'True when it has one step for each item of a list.' }),
    undoes: t.exposeString('undoes', {
      nullable: true,
      description: 'Key of the step that it compensates. Null unless it is a compensation.',
    }),
    repairs: t.exposeString('repairs', {
      nullable: true,
      description: 'Key of the step that is repeated with its findings when it fails. Null when it repairs none.',
    }),
    line: t.exposeInt('line', {
      nullable: true,
      description: 'Line of the text at which it begins, from 1. Null without a text.',
    }),
  }),
});

const GraphEdge = builder.objectRef<Graph['edges'][number]>('GraphEdge').implement({
  description: 'A dependency between two steps.',
  fields: (t) => ({
    from: t.exposeString('from', { description: 'Key of the step that must end first.' }),
    to: t.exposeString('to', { description: 'Key of the step that depends on it.' }),
  }),
});

export const WorkflowGraph = builder.objectRef<Graph>('WorkflowGraph').implement({
  description: 'The steps of a workflow and their dependencies, for drawing. It has no cycles.',
  fields: (t) => ({
    nodes: t.field({
      type: [GraphNode],
      description:
        'Steps, in the order of the document; then the compensations, which run when the workflow fails, under the keys that they have in runs.',
      resolve: ({ nodes }) => [...nodes],
    }),
    edges: t.field({
      type: [GraphEdge],
      description: 'Dependencies.',
      resolve: ({ edges }) => [...edges],
    }),
  }),
});
